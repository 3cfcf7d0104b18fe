import NIOCore
import SystemSupport
import Synchronization

/// Counts the wrong keys that came from each address within a minute.
///
/// A right key is never held up by wrong ones from the same address, so nobody can lock others out behind a shared one;
/// and a key of 256 bits is not found by trying, at whatever rate. What this saves is work and log.
final class WrongKeyCounter: Sendable {
  private struct Window {
    var end: Double
    var count: Int
  }

  private static let span = 60.0
  private static let addressLimit = 10_000

  private let allowed: Int
  private let windows = Mutex<[String: Window]>([:])

  /// - Parameter allowed: how many are answered within a window.
  init(allowed: Int) { self.allowed = allowed }

  /// Counts one more from an address.
  ///
  /// - Returns: the seconds to wait where there were too many; nil where there were not.
  func count(_ address: SocketAddress?) -> Int? {
    let source = ClientAddress.source(address)
    let now = Clock.monotonicSeconds
    return windows.withLock { windows in
      if windows.count >= Self.addressLimit {
        windows = windows.filter { $0.value.end > now }
        // So many at once are one attacker with many addresses.
        if windows.count >= Self.addressLimit { windows = [:] }
      }
      var window = windows[source] ?? Window(end: 0, count: 0)
      if window.end <= now { window = Window(end: now + Self.span, count: 0) }
      window.count += 1
      windows[source] = window
      return window.count > allowed ? max(1, Int((window.end - now).rounded(.up))) : nil
    }
  }
}
