import ByteStrings
public import Registry

extension CheckoutFacts {
  /// Reads a record of dev-infra-ls-state(1); nil where it says nothing of a repository that is there.
  public init?(_ json: JSON) {
    if json["missing"] == .bool(true) {
      self.init(counts: [.missing: 1])
      return
    }
    guard let branches = json["branches"]?.array else { return nil }
    func number(_ key: String, of json: JSON) -> Int { json[key]?.count ?? 0 }
    func most(_ key: String) -> Int { branches.map { number(key, of: $0) }.max() ?? 0 }
    let counts = ["staged", "changed", "conflicted", "unsure"].map { number($0, of: json) }
    self.init(
      counts: [
        .dirty: counts.contains { $0 > 0 } ? 1 : 0, .staged: counts[0], .changed: counts[1],
        .conflicted: counts[2], .untracked: number("untracked", of: json),
        .stashed: number("stashes", of: json), .ahead: most("ahead"), .behind: most("behind"),
        .unpushed: branches.count { $0["on_remote"] != .bool(true) }
          + (number("head_only", of: json) > 0 ? 1 : 0),
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
