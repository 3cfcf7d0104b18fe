import ByteStrings

/// Why a file of the registry is not what it should be. The entry is set aside, others go on.
public struct InvalidEntry: Error, Hashable, Sendable, CustomStringConvertible {
  /// The key that is at fault; nil for the entry as a whole.
  public let key: String?
  /// What is wrong, as a clause: `its status is "x", which is not one of active, paused`. Safe for a terminal.
  public let sentence: String

  init(_ key: String?, _ sentence: String) {
    self.key = key
    self.sentence = sentence
  }

  /// The sentence.
  public var description: String { sentence }
}

/// Why a value cannot be given to a key.
public struct InvalidValue: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause: `status is one of active, paused, not "x"`. Safe for a terminal.
  public let sentence: String

  /// The sentence.
  public var description: String { sentence }
}

/// `text` in double quotes, short and safe for a message.
func shown(_ text: String) -> String {
  // Masked first: cut in the middle, a password would no longer be seen for one.
  let safe = RemoteURL.withoutSecrets(text)
  let short =
    safe.unicodeScalars.count > 80
    ? String(String.UnicodeScalarView(safe.unicodeScalars.prefix(80))) + "…" : safe
  return "\"\(Quoting.visible(short))\""
}
