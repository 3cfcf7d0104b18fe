import ByteStrings

/// Bytes as JSON's text, which is always Unicode.
public enum JSONText {
  /// A path: as it is, or, where it is not UTF-8, as git quotes it. An absolute path never begins with a quote, so
  /// the two cannot be mistaken for each other.
  public static func path(_ text: String) -> String {
    ByteText.holdsRawBytes(text) ? Quoting.quote(text) : text
  }
}
