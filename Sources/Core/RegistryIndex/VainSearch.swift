import SystemSupport
import Synchronization

/// What was looked for in a view last and is nowhere in it: one text is looked for as several things, and each search reads all of
/// the view.
final class VainSearch: Sendable {
  private let absent: Mutex<[UInt8]> = Mutex([])

  /// Whether a text cannot be there, since what was not found is part of it.
  func covers(_ text: [UInt8]) -> Bool { absent.withLock { !$0.isEmpty && Memory.contains(text, $0) } }

  /// Notes that a text is nowhere in the view.
  func note(_ text: [UInt8]) { absent.withLock { $0 = text } }
}
