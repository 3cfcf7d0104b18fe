import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// The git settings of a repository: system, user, repository, and what `-c` gave.
///
/// libgit2 1.5 does not read `GIT_CONFIG_COUNT` and its companions, by which the dispatcher's `-c key=value` travels
/// (git-config(1), ENVIRONMENT); they are laid over here and win. Keys are `section.subsection.variable`; case counts
/// in the subsection only. Values are bytes in the form of ``ByteText``. Keys that git would not take throw `invalid`.
public struct Configuration: ~Copyable {
  private let raw: OpaquePointer
  /// The repository's own file.
  let file: FilePath
  private let given = EnvironmentSettings.current

  init(of repository: OpaquePointer) throws(GitError) {
    var raw: OpaquePointer?
    try check(git_repository_config(&raw, repository), "reading", "the configuration")
    guard let raw else {
      throw GitError(.damaged, "reading", "the configuration", reason: "libgit2 gave none")
    }
    try ConfigurationFiles.addNamed(to: raw, repository)
    self.raw = raw
    file = (FilePath(fromC: git_repository_commondir(repository)) ?? FilePath()).appending("config")
  }

  deinit { git_config_free(raw) }

  /// The value that counts, nil where there is none; a key without `=` is empty.
  public func string(_ key: String) throws(GitError) -> String? {
    if let value = given.values(of: key).last { return value }
    return try Self.string(key, in: raw)
  }

  /// Every value of a key that may be given often, in git's order: the user's, the repository's, then those of `-c`.
  public func strings(_ key: String) throws(GitError) -> [String] {
    try Self.strings(key, in: raw) + given.values(of: key)
  }

  /// A boolean as git reads it: `true`, `yes`, `on`, a number that is not zero, or a key without value.
  ///
  /// - Throws: `invalid` for anything else.
  public func bool(_ key: String) throws(GitError) -> Bool? {
    guard let value = try string(key) else { return nil }
    // A key without `=` reads as empty and is true; `key =` is false to git, and rare enough to be taken for it.
    if value.isEmpty { return true }
    var result: Int32 = 0
    let code = try git_config_parse_bool(&result, value.checkedCText("reading the setting"))
    do throws(GitError) {
      try check(code, "reading the setting", Quoting.visible(key))
    } catch {
      throw error.with(kind: .invalid)
    }
    return result != 0
  }

  /// A number as git reads it, with `k`, `m` or `g` behind it as a factor.
  ///
  /// - Throws: `invalid` for anything else.
  public func int(_ key: String) throws(GitError) -> Int? {
    guard let value = try string(key) else { return nil }
    var result: Int64 = 0
    let code = try git_config_parse_int64(&result, value.checkedCText("reading the setting"))
    do throws(GitError) {
      try check(code, "reading the setting", Quoting.visible(key))
    } catch {
      throw error.with(kind: .invalid)
    }
    return Int(result)
  }

  /// As ``string(_:)``, from the repository's own file only.
  public func localString(_ key: String) throws(GitError) -> String? {
    let local = try ConfigurationLevel(raw)
    return try Self.string(key, in: local.raw)
  }

  /// Whether the repository's own file has a value for a key.
  public func isOwn(_ key: String) throws(GitError) -> Bool { try localString(key) != nil }

  /// As ``strings(_:)``, from the repository's own file only.
  public func localStrings(_ key: String) throws(GitError) -> [String] {
    let local = try ConfigurationLevel(raw)
    return try Self.strings(key, in: local.raw)
  }

  /// The settings of a section, such as `dev-infra`, in git's order, and whether each is from the repository's own file.
  /// Keys come normalised: section and variable in lower case.
  public func settings(
    inSection section: String
  ) throws(GitError) -> [(key: String, value: String, isOwn: Bool)] {
    var found: [(key: String, value: String, isOwn: Bool)] = []
    let start = section + "."
    try forEachEntry({ ByteText.string(fromC: $0).begins(with: start) }) { found.append(($0, $1, $2)) }
    return found
  }

  /// The setting of every key for which `isWanted` holds, in git's order. Keys come normalised: section and variable
  /// in lower case. The bytes of a key are handed to `isWanted`, for it is called for every setting there is.
  func entries(_ isWanted: (UnsafePointer<CChar>) -> Bool) throws(GitError) -> [(key: String, value: String)]
  {
    try Self.entries(of: raw, isWanted)
      + given.all.filter { $0.key.cText.withUnsafeBufferPointer { $0.baseAddress.map(isWanted) ?? false } }
  }

  /// As ``entries(_:)``, without what the environment gives.
  static func entries(
    of raw: OpaquePointer, _ isWanted: (UnsafePointer<CChar>) -> Bool
  ) throws(GitError) -> [(key: String, value: String)] {
    var found: [(key: String, value: String)] = []
    try forEachEntry(of: raw, isWanted) { key, value, _ in found.append((key, value)) }
    return found
  }

  /// Calls `body` with each setting for which `isWanted` holds, as ``entries(_:)`` has them, and whether it is from the
  /// repository's own file.
  func forEachEntry(
    _ isWanted: (UnsafePointer<CChar>) -> Bool,
    _ body: (_ key: String, _ value: String, _ isOwn: Bool) -> Void
  ) throws(GitError) {
    try Self.forEachEntry(of: raw, isWanted, body)
    for (key, value) in given.all
    where key.cText.withUnsafeBufferPointer({ $0.baseAddress.map(isWanted) ?? false }) {
      body(key, value, false)
    }
  }

  private static func forEachEntry(
    of raw: OpaquePointer, _ isWanted: (UnsafePointer<CChar>) -> Bool,
    _ body: (_ key: String, _ value: String, _ isOwn: Bool) -> Void
  ) throws(GitError) {
    var iterator: OpaquePointer?
    try check(git_config_iterator_new(&iterator, raw), "reading", "the configuration")
    defer { git_config_iterator_free(iterator) }
    while true {
      var entry: UnsafeMutablePointer<git_config_entry>?
      let code = git_config_next(&entry, iterator)
      if code == GIT_ITEROVER.rawValue { return }
      try check(code, "reading", "the configuration")
      guard let entry, let name = entry.pointee.name, isWanted(name) else { continue }
      body(
        ByteText.string(fromC: name), entry.pointee.value.map { ByteText.string(fromC: $0) } ?? "",
        entry.pointee.level == GIT_CONFIG_LEVEL_LOCAL)
    }
  }

  private static func string(_ key: String, in raw: OpaquePointer) throws(GitError) -> String? {
    var entry: UnsafeMutablePointer<git_config_entry>?
    let code = try git_config_get_entry(&entry, raw, key.checkedCText("reading the setting"))
    guard try checkFound(code, "reading the setting", Quoting.visible(key)) else { return nil }
    defer { git_config_entry_free(entry) }
    return entry?.pointee.value.map { ByteText.string(fromC: $0) } ?? ""
  }

  private static func strings(_ key: String, in raw: OpaquePointer) throws(GitError) -> [String] {
    var iterator: OpaquePointer?
    let code = try git_config_multivar_iterator_new(
      &iterator, raw, key.checkedCText("reading the setting"), nil)
    guard try checkFound(code, "reading the setting", Quoting.visible(key)) else { return [] }
    defer { git_config_iterator_free(iterator) }
    var values: [String] = []
    while true {
      var entry: UnsafeMutablePointer<git_config_entry>?
      let code = git_config_next(&entry, iterator)
      if code == GIT_ITEROVER.rawValue { return values }
      guard try checkFound(code, "reading the setting", Quoting.visible(key)), let entry else {
        return values
      }
      values.append(entry.pointee.value.map { ByteText.string(fromC: $0) } ?? "")
    }
  }
}

/// The repository's own file out of a configuration, freed once.
private struct ConfigurationLevel: ~Copyable {
  let raw: OpaquePointer

  init(_ configuration: OpaquePointer) throws(GitError) {
    var raw: OpaquePointer?
    try check(
      git_config_open_level(&raw, configuration, GIT_CONFIG_LEVEL_LOCAL), "opening",
      "the repository's configuration")
    guard let raw else {
      throw GitError(.damaged, "opening", "the repository's configuration", reason: "libgit2 gave none")
    }
    self.raw = raw
  }

  deinit { git_config_free(raw) }
}
