/// How many columns of a terminal a text takes.
public enum DisplayWidth {
  /// The columns of `text`: most scalars take one, wide ones two, combining ones none.
  public static func of(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columns($1) } }

  /// As much of `text` as fits in `width` columns, with an ellipsis where something is cut.
  public static func cut(_ text: String, to width: Int) -> String {
    guard width > 1, of(text) > width else { return text }
    var kept = ""
    var used = 0
    for character in text {
      let columns = of(String(character))
      if used + columns > width - 1 { break }
      kept.append(character)
      used += columns
    }
    return kept + "…"
  }

  /// As much of the end of `text` as fits in `width` columns, with an ellipsis where something is cut.
  public static func cutBeginning(of text: String, to width: Int) -> String {
    guard width > 1, of(text) > width else { return text }
    var kept: [Character] = []
    var used = 0
    for character in text.reversed() {
      let columns = of(String(character))
      if used + columns > width - 1 { break }
      kept.append(character)
      used += columns
    }
    return "…" + String(kept.reversed())
  }

  /// By the ranges of Unicode's East Asian Width; not by wcwidth(3), which knows only what the locale does.
  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
