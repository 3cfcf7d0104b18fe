import ByteStrings
import SystemSupport

/// Removes from git's messages the progress of steps that take less than ``delay``, and the counts that mean
/// something only to a user of git itself.
package struct TransferProgress {
  private var rest: [UInt8] = []
  private var passesLine = false
  private var begun: [Substring: Double] = [:]
  private let now: () -> Double

  /// - Parameter now: the time in seconds.
  package init(now: @escaping () -> Double = { Clock.monotonicSeconds }) { self.now = now }

  /// Seconds after which a step is worth showing.
  static let delay = 0.5
  /// A line of progress is shorter.
  private static let longestLine = 200
  private static let titles = [
    "Enumerating objects:", "Counting objects:", "Compressing objects:", "Writing objects:",
    "Receiving objects:", "Resolving deltas:", "Unpacking objects:",
  ]
  private static let counts = ["Delta compression using ", "Total "]

  /// What is shown of what has come.
  package mutating func shown(of bytes: [UInt8]) -> [UInt8] {
    rest += bytes
    var out: [UInt8] = []
    while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
      let line = rest[...end]
      if passesLine || isShown(String(decoding: line.dropLast(), as: UTF8.self)) { out += line }
      passesLine = false
      rest.removeSubrange(...end)
    }
    // A question has no end of line.
    if passesLine || !mayBecomeProgress(rest) {
      passesLine = passesLine || !rest.isEmpty
      out += rest
      rest = []
    }
    return out
  }

  private mutating func isShown(_ line: String) -> Bool {
    let text = Self.withoutRemote(line[...])
    if Self.counts.contains(where: { text.begins(with: $0) }) { return false }
    guard let title = Self.titles.first(where: { text.begins(with: $0) }) else { return true }
    let key = line.prefix(line.count - text.count + title.count)
    let time = now()
    let start = begun[key, default: time]
    begun[key] = start
    return time - start >= Self.delay
  }

  private func mayBecomeProgress(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= Self.longestLine else { return false }
    let text = String(decoding: bytes, as: UTF8.self)
    let own = Self.withoutRemote(text[...])
    return "remote: ".begins(with: text)
      || (Self.titles + Self.counts).contains { own.begins(with: $0) || $0.begins(with: own) }
  }

  private static func withoutRemote(_ line: Substring) -> Substring {
    line.begins(with: "remote: ") ? line.dropFirst("remote: ".count) : line
  }
}
