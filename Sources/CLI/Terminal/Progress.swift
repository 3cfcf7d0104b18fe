import SystemSupport
import ByteStrings

/// A progress line on stderr, in git's form: `Reading projects: 42% (420/1000)`.
///
/// It appears when stderr is a terminal (or when forced) and the work has taken half a second.
public struct Progress: ~Copyable {
  private let title: String
  private let total: Int
  private let enabled: Bool
  private let start = Clock.monotonicSeconds
  private var shown = 0.0
  private var visible = false

  /// - Parameters:
  ///   - total: how many steps there are; 0 when that is not known.
  ///   - forced: shown even where stderr is not a terminal.
  ///   - quiet: never shown.
  public init(_ title: String, total: Int, forced: Bool = false, quiet: Bool = false) {
    self.title = title
    self.total = total
    self.enabled = !quiet && (forced || Terminal.isTerminal(2))
  }

  /// Tells that `count` steps are done.
  public mutating func update(_ count: Int) {
    guard enabled else { return }
    let now = Clock.monotonicSeconds
    guard now - start > 0.5, now - shown > 0.1 else { return }
    shown = now
    visible = true
    show(count, end: "\r")
  }

  /// Ends the line where there is one.
  public mutating func finish(_ count: Int) {
    if visible { show(count, end: ", done.\n") }
    visible = false
  }

  private func show(_ count: Int, end: String) {
    let text = total > 0 ? "\(title): \(count * 100 / total)% (\(count)/\(total))" : "\(title): \(count)"
    try? Files.write(
      TerminalText.safe(ByteText.bytes(of: text), .line) + Array(end.utf8), to: 2, name: "stderr")
  }
}
