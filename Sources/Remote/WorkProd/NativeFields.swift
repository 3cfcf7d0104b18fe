import ByteStrings
public import Registry

/// The fields of a record that are fields of a project's entry too, with the service's values; what is null is absent.
public struct NativeFields: Equatable, Sendable {
  /// Their names, the same on both sides.
  public static let keys = ProjectField.all.filter(\.isNative).map(\.fieldKey)

  private var values: [FieldKey: String] = [:]

  /// The fields for which `value` gives text.
  public init(_ value: (FieldKey) -> String?) {
    for key in Self.keys { values[key] = value(key) }
  }

  /// What a client sends for an entry.
  public init(sending project: JSON.Members) {
    self.init { Self.sent($0, project[$0]?.string) }
  }

  /// The text of a field; nil where it is null.
  public subscript(key: FieldKey) -> String? {
    get { values[key] }
    set { values[key] = newValue }
  }

  /// The fields as an object; what is absent is left out.
  public var members: JSON.Members { JSON.Members(values.map { ($0.rawValue, .string($1)) }) }

  /// Whether both have the same bytes.
  public static func == (left: NativeFields, right: NativeFields) -> Bool {
    JSON.object(left.members) == JSON.object(right.members)
  }

  /// A hash of all fields but `project_type`, which the service may take without keeping it.
  public func digest(_ hash: BlobHash) -> String {
    var members = members
    members[.projectType] = nil
    return hash(Array(JSON.object(members).compact.utf8)) ?? ""
  }
}

extension NativeFields {
  /// What is sent as a field for an entry's value; nil for null. What the contract has no room for is not sent.
  public static func sent(_ key: FieldKey, _ value: String?) -> String? {
    guard let value, !value.isEmpty else { return nil }
    if let limit = ProjectField(key).nativeLimit, value.unicodeScalars.count > limit { return nil }
    return value
  }

  /// What an entry has for a field's text; nil where an entry could not have the text.
  ///
  /// Control characters that no text of a registry holds stand as U+FFFD in it, and what is too long is cut. The record
  /// keeps what it has: a field whose text stands for the entry's value is never written.
  public static func taken(_ key: FieldKey, _ text: String?) -> String? {
    guard let text, !text.isEmpty else { return nil }
    switch ProjectField(key).kind {
    case .words(let words): return words.contains { same($0, text) } ? text : nil
    case .line(let limit): return cut(TextRule.line.cleaned(text), scalars: limit)
    case .prose(let limit): return cut(TextRule.prose.cleaned(text), bytes: limit)
    case .tags, .webPage, .cloneOptions, .path, .own:
      return key == .remoteURL ? (try? RemoteURL(text))?.stored : nil
    }
  }

  /// How an entry shows a field's text otherwise than the record has it, a clause; nil where it does not.
  static func difference(_ key: FieldKey, _ text: String?) -> String? {
    guard let text else { return nil }
    let taken = taken(key, text)
    let rule: TextRule
    switch ProjectField(key).kind {
    case .line: rule = .line
    case .prose: rule = .prose
    case .words:
      return taken == nil && !text.isEmpty ? "is a word that this version does not know, and not shown" : nil
    case .tags, .webPage, .cloneOptions, .path, .own:
      guard taken == nil, !text.isEmpty else { return nil }
      do {
        _ = try RemoteURL(text)
        return nil
      } catch {
        return "is not one that a registry may hold: \(error.sentence)"
      }
    }
    guard let taken, !same(taken, text) else { return nil }
    guard let scalar = rule.firstRefused(in: text) else { return "is too long and shown cut" }
    return "holds the control character \(TextRule.name(of: scalar)), which is shown as U+FFFD"
  }

  private static func cut(_ text: String, scalars count: Int) -> String {
    guard text.utf8.count > count else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(count)))
  }

  private static func cut(_ text: String, bytes count: Int) -> String {
    guard text.utf8.count > count else { return text }
    var scalars = String.UnicodeScalarView()
    var size = 0
    for scalar in text.unicodeScalars {
      size += String(scalar).utf8.count
      if size > count { break }
      scalars.append(scalar)
    }
    return String(scalars)
  }
}

/// Whether both have the same bytes; Swift's own comparison takes different spellings of a letter for one.
func same(_ left: String?, _ right: String?) -> Bool {
  switch (left, right) {
  case (nil, nil): true
  case (let left?, let right?): left.utf8.elementsEqual(right.utf8)
  default: false
  }
}
