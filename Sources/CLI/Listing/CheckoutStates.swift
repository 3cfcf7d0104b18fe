import Terminal
import SystemSupport
import ByteStrings
import Registry
public import RegistryIndex
import SystemPackage

/// Reads the state of working trees by dev-infra-ls-state(1): several at a time, and without libgit2 in this process.
public struct CheckoutStates: CheckoutStateSource {
  /// A reader.
  public init() {}

  /// The states of the working trees at these paths. Of one that cannot be read a warning says why.
  public func facts(of paths: [String]) throws -> [CheckoutFacts?] {
    if paths.isEmpty { return [] }
    let tool = try Environment.requireExecutablePath().appending("dev-infra-ls-state")
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
