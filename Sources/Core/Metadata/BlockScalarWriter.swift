/// Writes text of several lines as a literal block scalar (`|`).
struct BlockScalarWriter {
  /// The header's indicators: `|`, `|-`, `|2+` and so on.
  let header: String
  /// The lines, each with its break but perhaps the last.
  let content: [UInt8]
  /// Whether the text ends in blank lines, so that those behind the old value would be added to it.
  let keepsBlankLines: Bool

  /// - Parameters:
  ///   - indentation: blanks before each line.
  ///   - parent: blanks before the key.
  ///   - lineBreak: what ends the file's lines.
  ///   - endsFile: whether the file ends behind the value without a line break, which then stays so if it can.
  /// - Returns: nil where the text has no such form.
  init?(_ text: String, indentation: Int, parent: Int, lineBreak: [UInt8], endsFile: Bool) {
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
      String($0)
    }
    guard lines.count > 1, lines.contains(where: { !$0.isEmpty }),
      lines.allSatisfy({ line in ScalarWriter.isPrintable(String(line.unicodeScalars.filter { $0 != "\t" })) }
      )
    else { return nil }
    let isEnded = lines.last == ""
    if isEnded { lines.removeLast() }
    keepsBlankLines = isEnded && lines.last == ""
    // A reader takes the indentation from the first line; where that is blank or begins with a blank, the header
    // must state it.
    let isPlainStart = lines[0].utf8.first.map { $0 != 0x20 && $0 != 0x09 } ?? false
    let step = indentation - parent
    guard (1...9).contains(step) else { return nil }
    header = "|" + (isPlainStart ? "" : "\(step)") + (keepsBlankLines ? "+" : isEnded ? "" : "-")
    var content: [UInt8] = []
    for line in lines {
      if !line.isEmpty { content += Array(repeating: 0x20, count: indentation) + Array(line.utf8) }
      content += lineBreak
    }
    if endsFile, !isEnded { content.removeLast(lineBreak.count) }
    self.content = content
  }
}
