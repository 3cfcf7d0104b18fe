import Terminal
import SystemSupport
import ByteStrings
public import Registry
public import RegistryIndex
import SystemPackage

/// Reads the state of working trees by dev-infra-ls-state(1): several at a time, and without libgit2 in this process.
public struct CheckoutStates: CheckoutStateSource {
  /// A reader.
  public init() {}

  /// The states of the working trees at these paths. Of one that cannot be read a warning says why.
  public func facts(of paths: [String]) throws -> [CheckoutFacts?] {
    if paths.isEmpty { return [] }
    guard let tool = Environment.executablePath?.appending("dev-infra-ls-state") else {
      throw Failure.fatal("finding the installation's executables failed: /proc is not mounted")
    }
    var run = ChildProcess(tool.text, ["-z", "--stdin", "--json"])
    run.input = paths.flatMap { ByteText.bytes(of: $0) + [0] }
    let result = try run.run()
    let records = result.output.split(separator: 0)
    guard result.termination == .exited(0) || result.termination == .exited(ExitStatus.no),
      records.count == paths.count
    else {
      let line =
        String(decoding: result.errors, as: UTF8.self).split(at: "\n").last ?? "it ended early"
      throw Failure.fatal("reading the state of working trees failed: \(Quoting.visible(String(line)))")
    }
    return zip(paths, records).map { path, record in
      let json = try? JSON.parse(Array(record))
      if let json, let facts = CheckoutFacts(json) { return facts }
      let reason = json?["error"]?.string ?? "it has no state"
      Messages.warning("the state of \(Quoting.visible(path)) is not known: \(Quoting.visible(reason))")
      return nil
    }
  }
}

extension CheckoutFacts {
  /// Reads a record of dev-infra-ls-state(1); nil where it says nothing of a repository that is there.
  public init?(_ json: JSON) {
    if json["missing"] == .bool(true) {
      self.init(counts: [.missing: 1])
      return
    }
    guard let branches = json["branches"]?.array else { return nil }
    func number(_ key: String, of json: JSON) -> Int {
      if case .number(let text)? = json[key] { Int(text) ?? 0 } else { 0 }
    }
    func most(_ key: String) -> Int { branches.map { number(key, of: $0) }.max() ?? 0 }
    let counts = ["staged", "changed", "conflicted", "unsure"].map { number($0, of: json) }
    self.init(
      counts: [
        .dirty: counts.contains { $0 > 0 } ? 1 : 0, .staged: counts[0], .changed: counts[1],
        .conflicted: counts[2], .untracked: number("untracked", of: json),
        .stashed: number("stashes", of: json), .ahead: most("ahead"), .behind: most("behind"),
        .unpushed: branches.count { $0["on_remote"] != .bool(true) },
        .gone: branches.count { $0["gone"] == .bool(true) },
        .noremote: json["remotes"]?.array?.isEmpty == true ? 1 : 0,
        .detached: json["branch"] == .null && json["head"]?.string != nil ? 1 : 0,
        .busy: json["operation"]?.string == nil ? 0 : 1,
      ])
    for (field, key) in [(StateField.lastCommit, "last_commit"), (.lastFetch, "last_fetch")] {
      times[field] = json[key]?.string.flatMap { Timestamp($0) }
    }
    // A name that is not UTF-8 is quoted there as git quotes.
    branch = json["branch"]?.string.map { text in
      Quoting.unquote(Array(text.utf8)).map { ByteText.string(from: $0) } ?? text
    }
  }
}
