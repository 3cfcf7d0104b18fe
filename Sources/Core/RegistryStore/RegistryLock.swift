import Glibc
public import SystemSupport
import SystemPackage

/// The registry's lock, held until it is let go of or the process ends.
public struct RegistryLock: ~Copyable {
  private let lock: FileLock

  init(_ directory: FilePath) throws {
    // A hook does not keep a push waiting for a minute.
    let given = Environment["DEV_INFRA_LOCK_TIMEOUT"].flatMap { Double($0) } ?? 60
    let timeout = given.isFinite && given >= 0 ? given : 60
    let start = Clock.monotonicSeconds
    let path = directory.appending("dev-infra.lock")
    do throws(SystemError) {
      lock = try FileLock(path, timeout: timeout)
      Trace.report(.locked(path, seconds: Clock.monotonicSeconds - start))
    } catch {
      guard error.code == EWOULDBLOCK else { throw error }
      throw RegistryBusy(registry: directory.visible, seconds: timeout)
    }
  }

  /// Always true: naming it keeps the lock to the end of a scope.
  var isHeld: Bool { true }
}

/// Another command held the registry for longer than was waited; nothing has been changed.
public struct RegistryBusy: ExplainedError {
  private let registry: String
  private let seconds: Double

  init(registry: String, seconds: Double) {
    self.registry = registry
    self.seconds = seconds
  }

  /// Who held what, and for how long.
  public var explanation: String {
    let number = seconds == seconds.rounded() && seconds < 1e6 ? "\(Int(seconds))" : "\(seconds)"
    let time = seconds == 60 ? "a minute" : "\(number) seconds"
    return
      "another dev-infra command has held the registry \(registry) for \(time); nothing has been changed"
  }

  /// How to find it.
  public var hints: [String] {
    ["wait for it to end, or look for it with 'fuser \(registry)/dev-infra.lock'"]
  }
}
