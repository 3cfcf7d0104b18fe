import Git
import SystemSupport
public import SystemPackage

/// Lock files of git's in a registry, of which a killed process may have left some behind.
///
/// git and libgit2 hold one for the moment of a write, under the registry's own lock or by a command of git's that a
/// user has started. So one that is older than a few seconds belongs to nobody, and would block writers for ever.
enum StaleLocks {
  /// Seconds after which a lock file of git's counts as left behind.
  private static let staleAge = 3

  /// Runs `body`, again and again while a lock file is in its way and may go: released by its owner, or removed here.
  ///
  /// - Parameters:
  ///   - directory: the registry's.
  ///   - delegate: gets a notice of what was removed.
  /// - Throws: what `body` throws; an error about a lock only after more seconds than it takes to know that
  ///   one was left behind.
  static func pass<Value>(
    in directory: FilePath, telling delegate: any RegistryDelegate, _ body: () throws -> Value
  ) throws -> Value {
    let deadline = Clock.monotonicSeconds + Double(staleAge) + 2
    while true {
      do {
        return try body()
      } catch let error as GitError where error.isLocked && Clock.monotonicSeconds < deadline {
        clear(directory, delegate)
        Clock.pause(0.02)
      }
    }
  }

  /// Removes what was left behind before a `git` program is run, which would fail at it. A young one is waited for.
  static func clearPatiently(_ directory: FilePath, telling delegate: any RegistryDelegate) {
    let deadline = Clock.monotonicSeconds + Double(staleAge) + 2
    while !clear(directory, delegate), Clock.monotonicSeconds < deadline { Clock.pause(0.02) }
  }

  /// Removes the lock files that are old enough.
  ///
  /// - Returns: whether none is there any more.
  @discardableResult
  private static func clear(_ directory: FilePath, _ delegate: any RegistryDelegate) -> Bool {
    var isClear = true
    StaleGCPid.clear(directory, telling: delegate)
    for path in lockFiles(in: directory) {
      guard let age = Files.age(of: path) else { continue }
      guard age >= staleAge else {
        isClear = false
        continue
      }
      delegate.note(.removedStaleLock(path))
      Files.remove(path)
    }
    return isClear
  }

  /// The lock files that were left behind.
  static func left(in directory: FilePath) -> [FilePath] {
    lockFiles(in: directory).filter { (Files.age(of: $0) ?? 0) >= staleAge }
  }

  private static func lockFiles(in directory: FilePath) -> [FilePath] {
    var found = files(in: directory, recursively: false)
      .filter { $0.lastComponent?.string != "dev-infra.lock" }
    // What git makes new packed-refs in, while it holds their lock; it does not write over one that is there.
    let packed = directory.appending("packed-refs.new")
    if Files.kind(of: packed, followingLinks: false) == .file { found.append(packed) }
    for folder in ["objects", "objects/pack"] {
      found += files(in: directory.pushing(FilePath(folder)), recursively: false)
    }
    for folder in ["refs", "logs", "objects/info"] {
      found += files(in: directory.pushing(FilePath(folder)), recursively: true)
    }
    return found
  }

  private static func files(in directory: FilePath, recursively: Bool) -> [FilePath] {
    var found: [FilePath] = []
    for name in (try? Files.names(in: directory)) ?? [] {
      let path = directory.pushing(FilePath(bytes: name))
      if name.suffix(5).elementsEqual(".lock".utf8) {
        if Files.kind(of: path, followingLinks: false) == .file { found.append(path) }
      } else if recursively, Files.kind(of: path, followingLinks: false) == .directory {
        found += files(in: path, recursively: true)
      }
    }
    return found
  }
}

extension RegistryStore {
  /// git's lock files in the registry at `directory` that a command which was killed has left behind; nothing is removed.
  public static func staleLocks(in directory: FilePath) -> [FilePath] { StaleLocks.left(in: directory) }

  /// Moves a reference by compare-and-swap, past a lock file that was left behind.
  func move(_ name: String, to new: ObjectID, expecting old: ObjectID?, message: String) throws {
    try StaleLocks.pass(in: directory, telling: delegate) {
      try repository.updateReference(name, to: new, expecting: old, message: message)
    }
  }

  /// Removes a reference that holds `old`, past a lock file that was left behind.
  func delete(_ name: String, expecting old: ObjectID) throws {
    try StaleLocks.pass(in: directory, telling: delegate) {
      try repository.deleteReference(name, expecting: old)
    }
  }
}
