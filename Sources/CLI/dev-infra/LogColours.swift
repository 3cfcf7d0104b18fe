import ByteStrings

/// The colours of `dev-infra log`.
///
/// git colours nothing there: an escape sequence of its own could not be told apart from one in a commit. The script's format puts a
/// NUL and a letter where a colour begins, which no commit can hold, and the lines of a patch are known by their beginnings.
struct LogColours {
  let hasColours: Bool
  private var isPatch = false

  init(hasColours: Bool) { self.hasColours = hasColours }

  private static let marks: [UInt8: String] = [
    UInt8(ascii: "y"): "\u{1B}[33m", UInt8(ascii: "g"): "\u{1B}[32m", UInt8(ascii: "b"): "\u{1B}[1m",
    UInt8(ascii: "n"): "\u{1B}[m",
  ]

  mutating func shown(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      if line.offset > 0 { out.append(UInt8(ascii: "\n")) }
      append(line.element, to: &out)
    }
    return out
  }

  private mutating func append(_ line: ArraySlice<UInt8>, to out: inout [UInt8]) {
    let parts = line.split(separator: 0, omittingEmptySubsequences: false)
    if parts.count == 1 {
      let colour = isPatch && hasColours ? Self.colour(ofPatch: line) : nil
      out += (colour ?? "").utf8
      out += TerminalText.safe(Array(line))
      if colour != nil { out += "\u{1B}[m".utf8 }
      return
    }
    out += TerminalText.safe(Array(parts[0]))
    for part in parts.dropFirst() {
      // The patch begins behind the commit's message.
      isPatch = part.first == UInt8(ascii: "d")
      if hasColours, let mark = part.first.flatMap({ Self.marks[$0] }) { out += mark.utf8 }
      out += TerminalText.safe(Array(part.dropFirst()))
    }
  }

  private static func colour(ofPatch line: ArraySlice<UInt8>) -> String? {
    for (beginning, colour) in [
      ("diff ", "1"), ("index ", "1"), ("--- ", "1"), ("+++ ", "1"), ("new file ", "1"),
      ("deleted file ", "1"), ("@@ ", "36"),
      ("+", "32"), ("-", "31"),
    ] where line.starts(with: beginning.utf8) { return "\u{1B}[\(colour)m" }
    return nil
  }
}
