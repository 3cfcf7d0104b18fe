import ByteStrings

/// Takes the known keys out of an entry's JSON, with their types checked; what is left is unknown and kept.
///
/// All text of an entry passes here, and so does the rule of ``TextRule``.
struct EntryReader {
  private var members: JSON.Members
  /// The members that were asked for, by their numbers: to take each out would move all behind it.
  private var asked: UInt32 = 0

  init(_ json: JSON) throws(InvalidEntry) {
    guard case .object(let members) = json else { throw InvalidEntry(nil, .notAnObject) }
    self.members = members
  }

  mutating func value(_ key: String) -> JSON? {
    guard let number = members.number(of: key) else { return members.removeOfMany(key) }
    guard asked >> UInt32(number) & 1 == 0 else { return nil }
    asked |= 1 << UInt32(number)
    return members.few[number].value
  }

  /// The members that no key has asked for.
  ///
  /// - Throws: ``InvalidEntry`` where a name in it could not be shown on a line, or a text is not valid.
  func rest() throws(InvalidEntry) -> JSON.Members {
    if asked.nonzeroBitCount == members.count { return [:] }
    var rest = members
    if asked != 0 {
      rest = JSON.Members(
        members.few.enumerated().filter { asked >> UInt32($0.offset) & 1 == 0 }.map {
          ($0.element.key, $0.element.value)
        })
    }
    try Self.check(rest)
    return rest
  }

  /// The text of `key`, or nil where the key is absent.
  mutating func text(
    _ key: String, scalars maximum: Int = Limits.text, rule: TextRule = .line
  ) throws(InvalidEntry) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else { throw InvalidEntry(key, .notAString) }
    // No text has more characters than bytes.
    guard text.utf8.count <= maximum || text.unicodeScalars.count <= maximum else {
      throw InvalidEntry(key, .longer(characters: maximum))
    }
    if let scalar = rule.firstRefused(in: text) {
      throw InvalidEntry(key, .controlCharacter(scalar))
    }
    return text
  }

  /// The stored text of a path, which is not text: any byte but NUL may be in it, and reading it refuses that.
  mutating func path(_ key: String) throws(InvalidEntry) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else { throw InvalidEntry(key, .notAString) }
    return text
  }

  mutating func required(_ key: String, scalars maximum: Int = Limits.text) throws(InvalidEntry) -> String {
    guard let text = try text(key, scalars: maximum) else { throw InvalidEntry(key, .missing) }
    return text
  }

  /// The value that `read` makes of a required text.
  mutating func required<Value>(
    _ key: String, as form: InvalidEntry.Form, _ read: (String) -> Value?
  ) throws(InvalidEntry) -> Value {
    let text = try required(key)
    guard let value = read(text) else {
      throw InvalidEntry(key, .not(form, text))
    }
    return value
  }

  private static func check(_ members: JSON.Members) throws(InvalidEntry) {
    for (name, value) in members {
      if let scalar = TextRule.line.firstRefused(in: name) {
        throw InvalidEntry(nil, .keyNamed(name, scalar))
      }
      try check(value, name)
    }
  }

  private static func check(_ value: JSON, _ name: String) throws(InvalidEntry) {
    switch value {
    case .object(let members): try check(members)
    case .array(let items): for item in items { try check(item, name) }
    case .string(let text):
      guard let scalar = TextRule.prose.firstRefused(in: text) else { return }
      throw InvalidEntry(nil, .keyHolding(name, scalar))
    case .null, .bool, .number: return
    }
  }
}
