import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

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
  /// libgit2 and git put a new file in the place of the old one and wait for nothing: after a power cut it may be empty,
  /// and the remotes and whose registry it is are gone. So it is a copy that libgit2 changes here, and that is on the disk
  /// before it gets the file's name. The copy is git's own lock file, by which git's writers wait for each other.
  ///
  /// - Throws: `locked` where that lock file is there; `invalid` for a key that git would not take.
  public func change(_ changes: [ConfigurationChange]) throws(GitError) {
    let subject = Quoting.visible(changes.first?.key ?? "")
    let target = file.resolved ?? file
    let copy = FilePath(bytes: target.bytes + Array(".lock".utf8))
    guard let lock = OpenFile(copy, .writeOnly, options: [.create, .exclusiveCreate], mode: 0o600) else {
      let error = SystemError("setting", subject)
      guard error.code == .fileExists else { throw GitError(error, kind: .other) }
      throw GitError(.locked, "setting", subject, reason: "\(copy.visible) is there", code: .locked)
    }
    var done = false
    defer { if !done { Files.remove(copy) } }
    do throws(SystemError) {
      if Files.kind(of: target) != nil {
        try Files.write(Files.read(target), to: lock.descriptor, name: copy.visible)
      }
    } catch {
      throw GitError(error, kind: .other)
    }
    try Self.apply(changes, to: copy)
    do throws(SystemError) {
      try Files.setMode(of: copy, to: Stat(at: target)?.modeBits ?? 0o644)
      if LibGit2.isDurable { try Files.synchronizeFile(copy) }
      try Files.move(copy, to: target)
      done = true
      if LibGit2.isDurable { try Files.synchronize(target.removingLastComponent()) }
    } catch {
      throw GitError(error, kind: .other)
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
