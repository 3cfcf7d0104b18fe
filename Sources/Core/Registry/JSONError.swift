/// Why bytes are not the JSON that the registry takes.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Hashable, Sendable {
    // MARK: What is not JSON

    /// No value begins with this character.
    case unexpectedCharacter
    /// The text ends where a value is to begin.
    case unexpectedEnd
    /// The text ends within a string.
    case unendedString
    /// Something stands behind the value.
    case trailingText
    /// It is neither `true`, nor `false`, nor `null`.
    case unknownWord
    /// A member of an object has no name.
    case noName
    /// A member's name is followed by something else than a colon.
    case noColon
    /// A member is followed by neither a comma nor a brace.
    case unendedObject
    /// An item is followed by neither a comma nor a bracket.
    case unendedArray
    /// A number has no digit where there is to be one.
    case noDigit
    /// A control character in a string is not escaped.
    case controlCharacter
    /// There is no such escape.
    case unknownEscape
    /// An escape by number has not four hexadecimal digits.
    case shortEscape

    // MARK: What others may take for JSON

    /// A member's name has come before.
    case repeatedName
    /// A string is not UTF-8.
    case notUTF8
    /// A surrogate stands without its other half.
    case loneSurrogate

    // MARK: What is more than is taken

    /// Arrays and objects nest deeper.
    case tooDeep(levels: Int)
    /// There are more values in all.
    case tooManyValues(Int)
  }

  /// Where, in bytes from the start.
  public let offset: Int
  /// What is wrong there.
  public let fault: Fault
}

extension JSONError {
  /// What is wrong and where, as a clause: `no digit in a number at byte 7`.
  ///
  /// A command, a client of the server and another machine get the same text.
  public var description: String { "\(fault.words) at byte \(offset)" }
}

extension JSONError.Fault {
  /// What is wrong, as a clause.
  public var words: String {
    switch self {
    case .unexpectedCharacter: "an unexpected character"
    case .unexpectedEnd: "an unexpected end"
    case .unendedString: "an unexpected end in a string"
    case .trailingText: "text behind the value"
    case .unknownWord: "an unknown word"
    case .noName: "no name of a member"
    case .noColon: "no colon behind a name"
    case .unendedObject: "neither a comma nor the end of an object"
    case .unendedArray: "neither a comma nor the end of an array"
    case .noDigit: "no digit in a number"
    case .controlCharacter: "a control character in a string"
    case .unknownEscape: "an unknown escape"
    case .shortEscape: "an escape without four hexadecimal digits"
    case .repeatedName: "a name for the second time"
    case .notUTF8: "bytes that are not UTF-8 in the string"
    case .loneSurrogate: "half of a surrogate pair"
    case .tooDeep(let levels): "more than \(levels) levels"
    case .tooManyValues(let number): "more than \(number) values"
    }
  }
}
