import ByteStrings

/// A JSON value (RFC 8259), with a parser and a canonical form of our own.
///
/// Not Foundation's `JSONEncoder`: an entry's bytes decide its object's name and must never depend on a library's
/// version (the encoder's order and spacing did change between releases); numbers of keys that we do not know
/// stay as they were written, where `Double` would change them; and Foundation costs 4 ms at every start that loads it.
public enum JSON: Equatable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number as it was written; only text that is a JSON number may stand here.
  case number(String)
  /// Text, its escapes resolved: any Unicode scalars, but no lone surrogate.
  case string(String)
  /// An ordered list.
  case array([JSON])
  /// Named values, in no order.
  case object(Members)

  /// What an object holds: its names are compared by their bytes, so that two spellings of a letter are two names.
  public typealias Members = ByteKeyed<JSON>

  /// Whether both are written with the same bytes; `1.0` is not `1`, nor is a composed letter its parts.
  public static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): return true
    case (.bool(let left), .bool(let right)): return left == right
    case (.number(let left), .number(let right)), (.string(let left), .string(let right)):
      return left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): return left == right
    case (.object(let left), .object(let right)): return left == right
    default: return false
    }
  }

  /// The text of a string.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// A whole number.
  public static func integer(_ value: Int) -> JSON { .number(String(value)) }

  /// The whole number that it is; nil for anything else, and for one that does not fit.
  public var integer: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }

  /// The value as a count: a whole number, at most a thousand millions, so that counts from elsewhere can be added up; nil for
  /// anything else and for a negative number.
  public var count: Int? {
    guard let number = integer, number >= 0 else { return nil }
    return min(number, 1_000_000_000)
  }

  /// The items of an array.
  public var array: [JSON]? {
    if case .array(let items) = self { items } else { nil }
  }

  /// The members of an object.
  public var object: Members? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The member of an object; nil where there is none, and for anything that is not an object.
  public subscript(key: String) -> JSON? { object?[key] }
}
