import ByteStrings

extension ProjectMetadata {
  /// What a key is set to.
  public enum Assignment: Sendable {
    /// A scalar that every YAML reader takes for this text.
    case text(String)
    /// A list of texts, in this order.
    case list([String])
    /// A list of texts whose order is the file's: those that stay keep their places, new ones go to the end.
    case set([String])
  }

  /// Sets one key of a file and keeps every byte that is not that key's: comments, order, quoting, line ends.
  ///
  /// The value keeps the style of the one it replaces where that can hold it, and the items of a list their comments; a new key
  /// goes to the end. A comment goes with what it belongs to. The result is read again before it is returned, and must say
  /// what was asked for and leave all other keys and comments as they were.
  ///
  /// - Parameters:
  ///   - bytes: the file; empty for one that is not there yet.
  ///   - value: the new value; nil takes the key out.
  /// - Throws: where the file cannot be read, where the key or value has no place in it, or where the layout of the file
  ///   does not allow the change.
  public static func edit(
    _ bytes: [UInt8], setting key: String, to value: Assignment?
  ) throws(MetadataError) -> [UInt8] {
    try checkTexts(key, value)
    var bytes = bytes
    var document = try Document(bytes)
    let value = Editor(document: document, key: key, value: value).resolved
    for step in Editor(document: document, key: key, value: value).steps {
      // A step on the way that cannot be made alone may still be made with the next.
      guard let result = try? Editor(document: document, key: key, value: step).apply(to: bytes),
        let next = try? Document(result)
      else { continue }
      (bytes, document) = (result, next)
    }
    return try Editor(document: document, key: key, value: value).apply(to: bytes)
  }

  private static func checkTexts(_ key: String, _ value: Assignment?) throws(MetadataError) {
    var texts: [String] = []
    switch value {
    case .text(let text): texts = [text]
    case .list(let items), .set(let items): texts = items
    case nil: break
    }
    guard !key.isEmpty, key.unicodeScalars.count <= Limits.text, key != "<<", ScalarWriter.isPrintable(key)
    else {
      throw MetadataError(.unusableKey(key))
    }
    for text in texts + [key] where text.utf8.contains(0) || ByteText.holdsRawBytes(text) {
      throw MetadataError(.unusableText(of: key))
    }
  }
}
