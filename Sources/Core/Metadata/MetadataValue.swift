/// A value of a `.dev-infra.yml` as it is written.
public indirect enum MetadataValue: Sendable, Equatable {
  /// Text, and whether it stands there without quotes: only then may it mean a number, a truth value or nothing.
  case scalar(String, plain: Bool)
  /// A list in block or flow style, in the order of the file.
  case list([MetadataValue])
  /// A mapping, in the order of the file.
  case map([MetadataEntry])

  /// Whether nothing stands there: an unquoted `null` or `~`, or no text.
  public var isNull: Bool {
    guard case .scalar(let text, plain: true) = self else { return false }
    return CoreScalar(plain: text) == .null
  }

  /// The text, where it is one; nil for nothing, a list or a mapping.
  public var text: String? {
    guard case .scalar(let text, _) = self, !isNull else { return nil }
    return text
  }

  /// The items' texts, where it is a list of nothing but texts.
  public var texts: [String]? {
    guard case .list(let items) = self else { return nil }
    let texts = items.compactMap(\.text)
    return texts.count == items.count ? texts : nil
  }

  /// Byte by byte: texts that merely look alike are not equal.
  public static func == (left: MetadataValue, right: MetadataValue) -> Bool {
    switch (left, right) {
    case (.scalar(let a, let isPlain), .scalar(let b, let alsoPlain)):
      isPlain == alsoPlain && a.utf8.elementsEqual(b.utf8)
    case (.list(let a), .list(let b)): a == b
    case (.map(let a), .map(let b)):
      a.elementsEqual(b) { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
    default: false
    }
  }
}

/// A key and its value.
public struct MetadataEntry: Sendable {
  /// The key's text, without quotes; never empty unless it is quoted.
  public let key: String
  /// Its value as written.
  public let value: MetadataValue
  /// The line of the key, from 1.
  public let line: Int
}

/// What an unquoted scalar means by YAML's core schema, as far as it can be said without loss.
public enum CoreScalar: Sendable, Equatable {
  /// `null`, `~` or no text.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// An integer, in the one way that JSON writes it.
  case integer(String)
  /// Everything else. Fractions too: `1.10` must not become 1.1.
  case text(String)

  /// The meaning of an unquoted scalar.
  public init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .boolean(true)
    case "false", "False", "FALSE": self = .boolean(false)
    default: self = Self.isInteger(text) ? .integer(text) : .text(text)
    }
  }

  private static func isInteger(_ text: String) -> Bool {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    guard let first = digits.first, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
    return digits.count == 1 ? text != "-0" : first != UInt8(ascii: "0")
  }
}
