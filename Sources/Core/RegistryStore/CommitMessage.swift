import ByteStrings

/// Messages of the registry's commits: a subject that says what was done to how many, and a line for each below it.
public enum CommitMessage {
  /// `ACTION: line` for one, `ACTION: N projects` and the lines for several.
  ///
  /// - Parameter lines: what was done, one project each, control characters already shown as escapes.
  public static func text(_ action: String, _ lines: [String]) -> String {
    guard lines.count != 1 else { return "\(action): \(lines[0])\n" }
    let shown = lines.prefix(limit).map { "- \($0)\n" }.joined()
    let more = lines.count > limit ? "- and \(lines.count - limit) more\n" : ""
    return "\(action): \(lines.count) projects\n" + (lines.isEmpty ? "" : "\n" + shown + more)
  }

  /// The most projects that are named: a first register of thousands needs no message of a megabyte.
  private static let limit = 1000
}

extension String {
  /// The text with control characters and invalid bytes shown as escapes.
  var visible: String { Quoting.visible(self) }
}
