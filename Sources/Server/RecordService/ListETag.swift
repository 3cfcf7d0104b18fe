import SystemSupport
import Synchronization

/// Names for states of the list: another one for each, also after a restart.
enum ListETag {
  private static let start = Host.randomHex(4)
  private static let count = Atomic<Int>(0)

  static func next(commit: String) -> String {
    let number = count.add(1, ordering: .relaxed).newValue
    return "\(commit.prefix(16))-\(start)-\(number)"
  }
}
