import SystemSupport
public import SystemPackage

/// Writes a file of git's configuration: the registry's, a repository's or the user's. Every change of such a file goes through
/// here.
///
/// libgit2 and git put a new file in the place of the old one without fsync: after a power cut it may be empty, and the remotes
/// and the registry's owner are lost. So either of them changes a copy, which is on the disk before it gets the file's name. The
/// copy is git's own lock file, by which git's writers wait for each other. Where the file is a symbolic link, what it leads to
/// is replaced; its mode stays.
public struct ConfigurationWriter: Sendable {
  private let target: FilePath
  private let copy: FilePath

  /// What is to become of the file once its copy was worked on.
  private enum Outcome {
    case replaced, removed, unchanged
  }

  /// For the file at `path`, which need not exist.
  public init(_ path: FilePath) {
    target = path.resolved ?? path
    copy = FilePath(bytes: target.bytes + Array(".lock".utf8))
  }

  /// Changes the file: all that `body` does, or nothing.
  ///
  /// - Parameters:
  ///   - subject: what is being set, for an error.
  ///   - body: changes the copy that it is given, which is empty where there is no file.
  /// - Throws: `locked` where git's lock file exists; what `body` throws.
  public func change(
    _ subject: String, _ body: (_ copy: FilePath) throws(GitError) -> Void
  ) throws(GitError) {
    try withLock(subject) { (former: [UInt8]?) throws(GitError) in
      if let former { try write(former) }
      try body(copy)
      return .replaced
    }
  }

  /// Replaces the file's contents, if they still are what is expected.
  ///
  /// - Parameters:
  ///   - bytes: the contents; nil removes the file.
  ///   - subject: what is being set, for an error.
  ///   - isExpected: judges what the file holds; nil where there is none.
  /// - Returns: whether it had.
  /// - Throws: `locked` where git's lock file exists.
  public func replace(
    with bytes: [UInt8]?, _ subject: String, where isExpected: (_ former: [UInt8]?) throws(GitError) -> Bool
  ) throws(GitError) -> Bool {
    var wasExpected = false
    try withLock(subject) { (former: [UInt8]?) throws(GitError) in
      wasExpected = try isExpected(former)
      guard wasExpected, bytes != former else { return .unchanged }
      guard let bytes else { return .removed }
      try write(bytes)
      return .replaced
    }
    return wasExpected
  }

  private func withLock(
    _ subject: String, _ body: (_ former: [UInt8]?) throws(GitError) -> Outcome
  ) throws(GitError) {
    // A lock file that stays keeps git out as well, from the user's own configuration or a project's.
    try Interruption.postponed { () throws(GitError) in try holdingLock(subject, body) }
  }

  private func holdingLock(
    _ subject: String, _ body: (_ former: [UInt8]?) throws(GitError) -> Outcome
  ) throws(GitError) {
    let mode = Stat(at: target)?.modeBits
    // A file that its owner may not write is replaced as git replaces it.
    let created = OpenFile(
      copy, .writeOnly, options: [.create, .exclusiveCreate], mode: mode.map { $0 | 0o600 } ?? 0o666)
    guard let created else {
      let error = SystemError("setting", subject)
      guard error.code == .fileExists else { throw GitError(error, kind: .other) }
      throw GitError(.locked, "setting", subject, reason: "\(copy.visible) is there", code: .locked)
    }
    _ = created.descriptor
    var done = false
    defer { if !done { Files.remove(copy) } }
    let outcome = try body(mode == nil ? nil : read())
    do throws(SystemError) {
      switch outcome {
      case .unchanged: return
      case .removed: Files.remove(target)
      case .replaced:
        if let mode { try Files.setMode(of: copy, to: mode) }
        if LibGit2.isDurable { try Files.synchronizeFile(copy) }
        try Files.move(copy, to: target)
        done = true
      }
      if LibGit2.isDurable { try Files.synchronize(target.removingLastComponent()) }
    } catch {
      throw GitError(error, kind: .other)
    }
  }

  private func read() throws(GitError) -> [UInt8] {
    do throws(SystemError) {
      return try Files.read(target)
    } catch {
      throw GitError(error, kind: .other)
    }
  }

  private func write(_ bytes: [UInt8]) throws(GitError) {
    guard let file = OpenFile(copy, .writeOnly, options: .truncate) else {
      throw GitError(SystemError("writing", copy.visible), kind: .other)
    }
    do throws(SystemError) {
      try Files.write(bytes, to: file.descriptor, name: copy.visible)
    } catch {
      throw GitError(error, kind: .other)
    }
  }
}
