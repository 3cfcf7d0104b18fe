import Git
import ByteStrings
public import Registry

/// The fields of a record that are fields of a project's entry too, as the service has them; what is null is absent.
public struct NativeFields: Equatable, Sendable {
  /// Their names, the same on both sides.
  public static let keys = [
    "name", "status", "classification", "project_type", "organization", "remote_url", "description",
  ]

  private var values: [String: String] = [:]

  /// The fields for which `value` gives text.
  public init(_ value: (String) -> String?) {
    for key in Self.keys { values[key] = value(key) }
  }

  /// What a client sends for an entry.
  public init(sending project: JSON.Members) {
    self.init { Self.sent($0, project[$0]?.string) }
  }

  /// The text of a field; nil where it is null.
  public subscript(key: String) -> String? {
    get { values[key] }
    set { values[key] = newValue }
  }

  /// The fields as an object; what is absent is left out.
  public var members: JSON.Members { JSON.Members(values.mapValues { .string($0) }) }

  /// Whether both have the same bytes.
  public static func == (left: NativeFields, right: NativeFields) -> Bool {
    JSON.object(left.members) == JSON.object(right.members)
  }

  /// A hash of all fields but `project_type`, which the service may take without keeping it.
  public var digest: String {
    var members = members
    members["project_type"] = nil
    return (try? ObjectID.hash(blob: Array(JSON.object(members).compact.utf8)).hex) ?? ""
  }
}

extension NativeFields {
  /// How long a field may be by the service's contract, in scalars.
  private static let limits = ["name": 200, "organization": 100, "remote_url": 500]

  /// What is sent as a field for an entry's value; nil for null. What the contract has no room for is not sent.
  public static func sent(_ key: String, _ value: String?) -> String? {
    guard let value, !value.isEmpty else { return nil }
    if let limit = limits[key], value.unicodeScalars.count > limit { return nil }
    return value
  }

  /// What an entry has for a field's text; nil where the text is none that an entry could have.
  ///
  /// Control characters that no text of a registry holds stand as U+FFFD in it, and what is too long is cut. The record
  /// keeps what it has: a field whose text stands for the entry's value is never written.
  public static func taken(_ key: String, _ text: String?) -> String? {
    guard let text, !text.isEmpty else { return nil }
    switch key {
    case "status": return ProjectStatus(rawValue: text)?.rawValue
    case "classification": return Classification(rawValue: text)?.rawValue
    case "project_type": return ProjectType(rawValue: text)?.rawValue
    case "remote_url": return (try? RemoteURL(text))?.stored
    case "name": return cut(TextRule.line.cleaned(text), scalars: 200)
    case "organization": return cut(TextRule.line.cleaned(text), scalars: 1000)
    default: return cut(TextRule.prose.cleaned(text), bytes: 64 << 10)
    }
  }

  /// How an entry shows a field's text otherwise than the record has it, a clause; nil where it does not.
  static func difference(_ key: String, _ text: String?) -> String? {
    guard let text else { return nil }
    let taken = taken(key, text)
    switch key {
    case "remote_url" where taken == nil && !text.isEmpty:
      do {
        _ = try RemoteURL(text)
        return nil
      } catch {
        return "is none that a registry has: \(error.sentence)"
      }
    case "name", "organization", "description":
      guard let taken, !same(taken, text) else { return nil }
      let rule: TextRule = key == "description" ? .prose : .line
      guard let scalar = rule.firstRefused(in: text) else { return "is too long and shown cut" }
      return "holds the control character \(TextRule.name(of: scalar)), which is shown as U+FFFD"
    default:
      return taken == nil && !text.isEmpty ? "is a word that this version does not know, and not shown" : nil
    }
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
