/// Takes the known keys out of an entry's JSON, with their types checked; what is left is unknown and kept.
struct EntryReader {
  private(set) var rest: [String: JSON]

  init(_ json: JSON) throws(InvalidEntry) {
    guard case .object(let members) = json else { throw InvalidEntry(nil, "it is no JSON object") }
    rest = members
  }

  mutating func value(_ key: String) -> JSON? { rest.removeValue(forKey: key) }

  /// The text of `key`, or nil where the key is absent.
  mutating func text(_ key: String, scalars maximum: Int = Limits.text) throws(InvalidEntry) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else { throw InvalidEntry(key, "its \(key) is no string") }
    guard text.unicodeScalars.count <= maximum else {
      throw InvalidEntry(key, "its \(key) is longer than \(maximum) characters")
    }
    return text
  }

  mutating func required(_ key: String, scalars maximum: Int = Limits.text) throws(InvalidEntry) -> String {
    guard let text = try text(key, scalars: maximum) else { throw InvalidEntry(key, "it has no \(key)") }
    return text
  }

  /// The value that `read` makes of a required text.
  mutating func required<Value>(
    _ key: String, as kind: String, _ read: (String) -> Value?
  ) throws(InvalidEntry) -> Value {
    let text = try required(key)
    guard let value = read(text) else { throw InvalidEntry(key, "its \(key) \(shown(text)) is no \(kind)") }
    return value
  }

  mutating func word<Value: NamedValue>(_ key: String, _: Value.Type) throws(InvalidEntry) -> Value? {
    guard let text = try text(key) else { return nil }
    guard let value = Value(rawValue: text) else {
      throw InvalidEntry(key, "its \(key) \(shown(text)) is none of \(Value.allowed)")
    }
    return value
  }
}
