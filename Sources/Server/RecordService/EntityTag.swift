import ByteStrings
import Git

/// What names a state of a record or of a list (RFC 9110, 8.8.3), without its quotes.
public enum EntityTag {
  /// The tag of an answer's bytes.
  public static func of(_ bytes: [UInt8]) -> String? { (try? ObjectID.hash(blob: bytes))?.hex }

  /// Whether the value of an `If-Match` or `If-None-Match` field names `tag`.
  ///
  /// - Parameter field: `*`, or tags in quotes with commas between them; a weak one counts by its text.
  public static func field(_ field: String, names tag: String) -> Bool {
    if field == "*" { return true }
    return field.split(at: ",").contains { item in
      var item = item.drop { $0 == " " || $0 == "\t" }
      if item.begins(with: "W/") { item = item.dropFirst(2) }
      while item.last == " " || item.last == "\t" { item.removeLast() }
      return item == "\"\(tag)\""
    }
  }
}
