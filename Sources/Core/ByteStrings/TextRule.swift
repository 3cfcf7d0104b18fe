/// Which control characters a text of a registry may hold: records that end in NUL, lines and terminals go by them.
///
/// Paths are not text but bytes, and may hold any but NUL.
public enum TextRule: Sendable {
  /// A name or a word: none at all, neither C0 nor DEL nor C1.
  case line
  /// A description: tabs and line ends, LF or CR LF, and no others.
  case prose

  /// The first character that may not be there; nil where all may.
  public func firstRefused(in text: String) -> Unicode.Scalar? {
    guard text.holdsControl else { return nil }
    let scalars = text.unicodeScalars
    return scalars.indices.first { !allows(scalars, $0) }.map { scalars[$0] }
  }

  /// The text with U+FFFD, as for bytes that are not text, in the place of each character that may not be there.
  public func cleaned(_ text: String) -> String {
    guard text.holdsControl else { return text }
    let scalars = text.unicodeScalars
    return String(
      String.UnicodeScalarView(scalars.indices.map { allows(scalars, $0) ? scalars[$0] : "\u{FFFD}" }))
  }

  private func allows(_ scalars: String.UnicodeScalarView, _ index: String.Index) -> Bool {
    let scalar = scalars[index]
    guard scalar.isControl else { return true }
    guard self == .prose else { return false }
    switch scalar {
    case "\t", "\n": return true
    case "\r":
      let next = scalars.index(after: index)
      return next < scalars.endIndex && scalars[next] == "\n"
    default: return false
    }
  }

  /// A character's name for a message, `U+0007`.
  public static func name(of scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
