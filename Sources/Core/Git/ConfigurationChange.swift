import CGit2
import SystemSupport
import ByteStrings
public import SystemPackage

/// A change of one setting in a repository's own file.
public enum ConfigurationChange: Sendable {
  /// The key has this value.
  case set(String, to: String)
  /// The key, which may be given often, has this value as well.
  case add(String, String)
  /// The key has no value; where it has none anyway, nothing happens.
  case unset(String)

  var key: String {
    switch self {
    case .set(let key, _), .add(let key, _), .unset(let key): key
    }
  }

  fileprivate func apply(to file: OpaquePointer) throws(GitError) {
    let action = "setting"
    let subject = Quoting.visible(key)
    let key = try key.checkedCText(action)
    switch self {
    case .set(_, let value):
      try check(git_config_set_string(file, key, value.checkedCText(action)), action, subject)
    case .add(_, let value):
      // libgit2 replaces the values that match and adds one when none does; this matches nothing.
      try check(
        git_config_set_multivar(file, key, ".^".cText, value.checkedCText(action)), action, subject)
    case .unset:
      _ = try checkFound(git_config_delete_multivar(file, key, ".*".cText), "unsetting", subject)
    }
  }
}

extension Configuration {
  /// Makes changes in the repository's own file, all of them or none.
  ///
  /// - Throws: `locked` where git's lock file exists; `invalid` for a key that git would not take.
  public func change(_ changes: [ConfigurationChange]) throws(GitError) {
    try ConfigurationWriter(file).change(Quoting.visible(changes.first?.key ?? "")) {
      (copy) throws(GitError) in try Self.apply(changes, to: copy)
    }
  }

  /// Replaces the contents of the configuration file in this git directory, if they still are what is expected.
  ///
  /// The repository is not opened, so that a file which git cannot read can be replaced.
  ///
  /// - Parameter old: the hash that git has for a blob of what the file holds.
  /// - Returns: whether it had.
  /// - Throws: `ownedBySomeoneElse`; `locked` where git's lock file exists.
  public static func replace(
    in gitDirectory: FilePath, with bytes: [UInt8], expecting old: ObjectID
  ) throws(GitError) -> Bool {
    try Ownership.check(at: gitDirectory)
    let file = gitDirectory.appending("config")
    return try ConfigurationWriter(file).replace(with: bytes, file.visible) { (former) throws(GitError) in
      guard let former else { return false }
      return try ObjectID.hash(blob: former) == old
    }
  }

  private static func apply(_ changes: [ConfigurationChange], to file: FilePath) throws(GitError) {
    var raw: OpaquePointer?
    try check(git_config_new(&raw), "opening", file.visible)
    defer { git_config_free(raw) }
    try check(
      git_config_add_file_ondisk(raw, file.cText, GIT_CONFIG_LEVEL_LOCAL, nil, 1), "opening", file.visible)
    guard let raw else { throw GitError(.other, "opening", file.visible, reason: "libgit2 gave none") }
    for change in changes { try change.apply(to: raw) }
  }
}
