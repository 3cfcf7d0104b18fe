import ByteStrings

/// Which projects are meant, in the words of dev-infra-where(7): `tag:work && (dirty || ahead) && !status:paused`.
public indirect enum Condition: Equatable, Sendable {
  /// Each of two or more holds.
  case all([Condition])
  /// One of two or more holds.
  case any([Condition])
  /// It does not hold.
  case not(Condition)
  /// A yes or no that a project has, or a number that is not 0: `dirty`.
  case word(ConditionField)
  /// One of the fields has a value: `has:description`.
  case has([ConditionField])
  /// A field is compared with one of the values: `status:active,paused`.
  case compare(ConditionField, Comparison, [String])

  /// How a field is compared with a value.
  public enum Comparison: String, CaseIterable, Sendable {
    /// The value is a glob that the whole of it matches, in any case; of a list one item.
    case matches = ":"
    /// It is the value, or of a list one item is.
    case equals = "="
    /// It is not the value, nor is any item of a list.
    case differs = "!="
    /// It is less, or before.
    case less = "<"
    /// It is less or alike.
    case atMost = "<="
    /// It is more, or behind.
    case more = ">"
    /// It is more or alike.
    case atLeast = ">="

    /// Whether it asks which of two comes first.
    var isOrder: Bool {
      switch self {
      case .less, .atMost, .more, .atLeast: true
      case .matches, .equals, .differs: false
      }
    }
  }

  /// Whether it asks for anything that is read from the working trees.
  public var asksForState: Bool {
    switch self {
    case .all(let parts), .any(let parts): parts.contains(where: \.asksForState)
    case .not(let part): part.asksForState
    case .word(let field), .compare(let field, _, _): field.isState
    case .has(let fields): fields.contains(where: \.isState)
    }
  }
}

extension Condition: CustomStringConvertible {
  /// The condition as it may be written; read again it is the same.
  public var description: String {
    switch self {
    case .all(let parts):
      parts.map { part in
        switch part {
        case .all, .any: "(\(part))"
        default: "\(part)"
        }
      }.joined(separator: " && ")
    case .any(let parts):
      parts.map { part in if case .any = part { "(\(part))" } else { "\(part)" } }.joined(separator: " || ")
    case .not(let part):
      switch part {
      case .all, .any: "!(\(part))"
      default: "!\(part)"
      }
    case .word(let field): field.name
    case .has(let fields): "has:" + fields.map(\.name).joined(separator: ",")
    case .compare(let field, let comparison, let values):
      field.name + comparison.rawValue + values.map(Self.written).joined(separator: ",")
    }
  }

  /// A value as it may be written, in quotes where it has to be.
  public static func written(_ value: String) -> String {
    let bytes = ByteText.bytes(of: value)
    if ConditionScanner.isBare(bytes) { return value }
    var quoted = [UInt8(ascii: "\"")]
    for byte in bytes {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
      quoted.append(byte)
    }
    return ByteText.string(from: quoted + [UInt8(ascii: "\"")])
  }
}
