import ByteStrings
import Git
import Registry
import SystemSupport
import SystemPackage

extension RegistryStore {
  /// Whether so many objects are loose, or in so many packs, that packing them pays; as git's `gc.auto`, judged by one
  /// directory of 256.
  public func needsMaintenance() throws -> Bool {
    let objects = directory.appending("objects")
    let sample = objects.appending("17")
    if Files.kind(of: sample) == .directory, try Files.names(in: sample).count > Self.looseLimit / 256 {
      return true
    }
    guard Files.kind(of: objects.appending("pack")) == .directory else { return false }
    return try PackFiles.all(in: objects).count > Self.packLimit
  }

  /// Has the registry packed where there are many loose objects, and does not wait for it; as git does after its own commands.
  package func startMaintenanceIfNeeded() {
    guard (try? needsMaintenance()) ?? false, !wasInVain else { return }
    delegate.startMaintenance(of: directory)
  }

  /// Whether there were as many loose objects after the last time as before, not long ago: what several commands that ran at once made and
  /// then did not need stays loose for two weeks. git waits a day with the next try as well.
  private var wasInVain: Bool { vainMark.age.map { $0 < 24 * 60 * 60 } ?? false }

  private var vainMark: CacheFile { CacheFile("gc-in-vain", of: directory, limit: 0) }

  /// git's own default for `gc.auto`.
  private static let looseLimit = 6700
  /// git's own default for `gc.autoPackLimit`.
  private static let packLimit = 50

  /// Packs the registry under its lock, and drops objects that nothing has referred to for two weeks.
  ///
  /// Never younger ones: a command that is under way has written objects which nothing refers to yet. Chains of
  /// deltas are kept short, since long ones make reading a large registry slow.
  ///
  /// - Parameter onlyIfNeeded: does nothing unless ``needsMaintenance()``, and where another process is at it.
  /// - Returns: what git had to say.
  public func maintain(onlyIfNeeded: Bool) throws -> String {
    guard onlyIfNeeded else { return try maintain { true } }
    guard let turn = try takeTurn() else { return "" }
    defer { _ = turn.isHeld }
    // Another process may have done it while this one waited.
    return try maintain { try needsMaintenance() && !wasInVain }
  }

  /// Of many processes that were started one waits for the registry's lock; the others, for which this is nil, keep nobody
  /// waiting.
  private func takeTurn() throws -> FileLock? {
    do throws(SystemError) {
      return try FileLock(directory.appending("dev-infra.gc"), timeout: 0)
    } catch {
      guard error.code == .wouldBlock else { throw error }
      return nil
    }
  }

  private func maintain(_ isNeeded: () throws -> Bool) throws -> String {
    let lock = try lock()
    defer { _ = lock.isHeld }
    guard try isNeeded() else { return "" }
    StaleLocks.clearPatiently(directory, telling: delegate)
    RegistryStaging.clearLeft(beside: directory)
    Files.removeUnfinished(in: directory, olderThan: 60 * 60)
    CacheFile.removeUnfinished(of: directory, olderThan: 60 * 60)
    var git = GitProgram(.registry, gitDirectory: directory)
    git.options += ["-c", "pack.depth=10"]
    // Of packs no more is in memory than helps.
    if !repository.hasLargePack { git.limitPackWindows() }
    let result = try git.run(["gc", "--quiet"])
    guard result.termination == .exited(0) else {
      throw RegistryStoreError.notPacked(
        registry: directory, said: GitDiagnostics.reason(result.errors))
    }
    if try needsMaintenance() {
      // It is only to save work: that it cannot be noted is not an error.
      try? vainMark.write([])
    } else {
      vainMark.remove()
    }
    return String(decoding: result.errors, as: UTF8.self)
  }
}
