import SystemSupport
import ByteStrings

/// What another program says on stderr, passed on to ours as it comes.
///
/// git hands on what servers say (`remote:` lines, ssh's banners), so everything goes through ``TerminalText``. A carriage
/// return stays behind what reads as git's progress, which overwrites itself; elsewhere text that a server wants to be
/// overwritten is text that it wants unseen, and the line ends there.
public final class ErrorRelay: @unchecked Sendable {
  // Only the thread that waits for the program calls it.
  private var rest: [UInt8] = []
  private var line: [UInt8] = []
  private var isEnded = false
  private var progress: TransferProgress?

  /// A relay that has passed on nothing yet.
  ///
  /// - Parameter onlySlowProgress: whether git's progress is shown only on what takes a moment.
  public init(onlySlowProgress: Bool = false) { progress = onlySlowProgress ? TransferProgress() : nil }

  /// Passes on what has come; the beginning of a character waits for its end.
  public func pass(_ bytes: [UInt8]) {
    rest += progress?.shown(of: bytes) ?? bytes
    let count = rest.count - Self.unfinished(rest)
    show(Array(rest.prefix(count)))
    rest.removeFirst(count)
  }

  /// ``pass(_:)``, to be handed to what runs the program.
  public var sink: @Sendable ([UInt8]) -> Void { { self.pass($0) } }

  /// Passes on what is left once the program has ended.
  public func end() {
    show(rest)
    rest = []
  }

  private func show(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    // A piece is what stands between two ends of line. Each is shown as far as it has come: a prompt has no end of line.
    var out: [UInt8] = []
    for piece in bytes.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine).enumerated() {
      if piece.offset > 0 {
        let terminator = bytes[piece.element.startIndex - 1]
        let returns = terminator == UInt8(ascii: "\r") && Self.isProgress(line)
        if returns {
          out.append(terminator)
        } else if terminator == UInt8(ascii: "\r") {
          if !line.isEmpty { out.append(0x0A) }
        } else if !(isEnded && line.isEmpty) {
          out.append(0x0A)
        }
        // The newline of a CRLF ends a line that has ended.
        isEnded = !returns && terminator == UInt8(ascii: "\r") && !line.isEmpty
        line = []
      }
      line += piece.element.prefix(max(0, Self.longestProgress + 1 - line.count))
      out += TerminalText.safe(Array(piece.element))
    }
    try? Files.write(out, to: 2, name: "stderr")
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private static let longestProgress = 120

  /// Whether it has the form of `remote: Counting objects: 42% (5/12), 1.20 MiB | 3.00 MiB/s`.
  private static func isProgress(_ line: [UInt8]) -> Bool {
    guard line.count <= longestProgress else { return false }
    var text = String(decoding: line, as: UTF8.self)[...]
    if text.begins(with: "remote: ") { text = text.dropFirst("remote: ".count) }
    guard let colon = text.firstIndex(at: ":") else { return false }
    let figures = text[text.index(after: colon)...].drop { $0 == " " }
    return text[..<colon].utf8.allSatisfy { isLetter($0) || $0 == 0x20 }
      && figures.utf8.first.map { isDigit($0) } ?? false
      && figures.utf8.allSatisfy { isLetter($0) || isDigit($0) || " %()/,.|".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// How many bytes at the end are the beginning of a character.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > count ? count : 0
    }
    return 0
  }
}
