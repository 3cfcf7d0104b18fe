import SystemSupport
public import SystemPackage

/// The registry's lock, held until it is let go of or the process ends.
public struct RegistryLock: ~Copyable {
  private let lock: FileLock

  /// - Parameter file: the file in the registry's directory by which it is held.
  init(_ directory: FilePath, file: String = "dev-infra.lock") throws {
    // A hook does not keep a push waiting for a minute.
    let given = Environment["DEV_INFRA_LOCK_TIMEOUT"].flatMap { Double($0) } ?? 60
    let timeout = given.isFinite && given >= 0 ? given : 60
    let start = Clock.monotonicSeconds
    let path = directory.appending(file)
    do throws(SystemError) {
      lock = try FileLock(path, timeout: timeout)
      Trace.report(.locked(path, seconds: Clock.monotonicSeconds - start))
    } catch {
      guard error.code == .wouldBlock else { throw error }
      throw RegistryBusy(registry: directory, lock: path, seconds: timeout)
    }
  }

  /// Always true: naming it keeps the lock to the end of a scope.
  var isHeld: Bool { true }
}

/// Another command held the registry for longer than was waited; nothing has been changed.
public struct RegistryBusy: Error, Equatable, Sendable {
  /// The registry's directory.
  public let registry: FilePath
  /// The file that it holds a lock on.
  public let lock: FilePath
  /// How long was waited.
  public let seconds: Double

  /// A registry that was held for all the time that was waited.
  public init(registry: FilePath, lock: FilePath, seconds: Double) {
    self.registry = registry
    self.lock = lock
    self.seconds = seconds
  }
}
