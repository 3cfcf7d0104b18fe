import ByteStrings

extension Condition {
  /// How large a condition may be: it comes from a command line or a configuration, and is read by recursion.
  public enum Limits {
    /// Bytes of a text.
    public static let length = 4096
    /// Parentheses and negations within each other, those of saved conditions with them.
    public static let depth = 50
    /// Things that are asked for, those of saved conditions with them.
    public static let terms = 500
  }

  /// Reads a condition; see dev-infra-where(7).
  ///
  /// - Parameter saved: the text of the condition that is saved under a name; nil where there is none.
  /// - Throws: ``ConditionError``, or what `saved` throws.
  public init(_ text: String, saved: @escaping (String) throws -> String? = { _ in nil }) throws {
    var parser = ConditionParser(text, saved: saved)
    self = try parser.condition()
  }
}

/// Reads a condition by recursive descent: `||` binds least, then `&&`, then `!`.
private struct ConditionParser {
  private var scanner: ConditionScanner
  private let text: String
  private let saved: (String) throws -> String?
  /// The names of the saved conditions that this one is read for, the innermost last.
  private let names: [String]
  private var depth = 0
  private var terms = 0

  init(_ text: String, names: [String] = [], saved: @escaping (String) throws -> String?) {
    self.text = text
    self.saved = saved
    self.names = names
    scanner = ConditionScanner(text)
  }

  /// All of the text.
  mutating func condition() throws -> Condition {
    guard scanner.bytes.count <= Condition.Limits.length else {
      throw fault(.tooLong(limit: Condition.Limits.length), at: 0..<0)
    }
    guard scanner.peek() != nil else { throw fault(.empty, at: 0..<0) }
    let condition = try any()
    guard let next = scanner.peek() else { return condition }
    let start = scanner.position
    let found = scanner.takeUnknown()
    let range = start..<scanner.position
    switch next {
    case UInt8(ascii: ")"): throw fault(.notOpened, at: range)
    case UInt8(ascii: "&"), UInt8(ascii: "|"): throw fault(.halfOperator(found), at: range)
    default: throw fault(.notJoined(found), at: range)
    }
  }

  private mutating func any() throws -> Condition {
    var parts = [try all()]
    while scanner.take("||") || scanner.takeWord("or") { parts.append(try all()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all() throws -> Condition {
    var parts = [try negation()]
    while scanner.take("&&") || scanner.takeWord("and") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws -> Condition {
    _ = scanner.peek()
    let start = scanner.position
    depth += 1
    defer { depth -= 1 }
    guard depth <= Condition.Limits.depth else {
      throw fault(.tooDeep(limit: Condition.Limits.depth), at: start..<min(start + 1, scanner.bytes.count))
    }
    if scanner.take("!") || scanner.takeWord("not") { return .not(try negation()) }
    if scanner.take("(") {
      let inner = try any()
      guard scanner.take(")") else {
        if scanner.peek() == nil { throw fault(.notClosed, at: start..<(start + 1)) }
        let place = scanner.position
        let found = scanner.takeUnknown()
        let isHalf = found == "&" || found == "|"
        throw fault(isHalf ? .halfOperator(found) : .notJoined(found), at: place..<scanner.position)
      }
      return inner
    }
    if scanner.take("@") { return try savedCondition(start) }
    return try term()
  }

  private mutating func savedCondition(_ start: Int) throws -> Condition {
    let name = scanner.takeName()
    let range = start..<scanner.position
    guard let text = try name.isEmpty ? nil : saved(name) else { throw fault(.unknownName(name), at: range) }
    guard !names.contains(name.lowercased()) else { throw fault(.namesItself(name), at: range) }
    var inner = ConditionParser(text, names: names + [name.lowercased()], saved: saved)
    inner.depth = depth
    inner.terms = terms
    let condition = try inner.condition()
    terms = inner.terms
    return condition
  }

  private mutating func term() throws -> Condition {
    guard scanner.peek() != nil else {
      let end = scanner.bytes.count
      throw fault(.endsEarly, at: end..<end)
    }
    let start = scanner.position
    let name = scanner.takeName()
    let range = start..<scanner.position
    guard !name.isEmpty else {
      let found = scanner.takeUnknown()
      throw fault(.unexpected(found), at: start..<scanner.position)
    }
    terms += 1
    guard terms <= Condition.Limits.terms else {
      throw fault(.tooManyTerms(limit: Condition.Limits.terms), at: range)
    }
    let place = scanner.position
    let comparison = takeComparison()
    if name == "has", comparison == .matches { return .has(try fields()) }
    guard let field = ConditionField(name) else { throw fault(.unknownField(name), at: range) }
    guard let comparison else {
      guard field.isWord else { throw fault(.needsComparison(field), at: range) }
      return .word(field)
    }
    if field.kind == .flag {
      throw fault(.takesNoValue(field), at: range.lowerBound..<scanner.position)
    }
    return .compare(field, comparison, try values(field, comparison, place..<scanner.position))
  }

  /// The longer ones first.
  private mutating func takeComparison() -> Condition.Comparison? {
    for comparison in [Condition.Comparison.atMost, .atLeast, .differs, .less, .more, .matches]
    where scanner.take(comparison.rawValue) { return comparison }
    return scanner.take("==") || scanner.take("=") ? .equals : nil
  }

  private mutating func values(
    _ field: ConditionField, _ comparison: Condition.Comparison, _ sign: Range<Int>
  ) throws -> [String] {
    var values: [String] = []
    repeat {
      _ = scanner.peek()
      let start = scanner.position
      let value: (text: String, isQuoted: Bool)
      do {
        value = try scanner.takeValue()
      } catch {
        throw fault(error.fault, at: error.range)
      }
      guard value.isQuoted || !value.text.isEmpty else {
        let found = scanner.peek()
        if found == UInt8(ascii: "&") || found == UInt8(ascii: "|") || found == nil
          || found == UInt8(ascii: ",") || found == UInt8(ascii: ")")
        {
          throw fault(.valueMissing(comparison.rawValue), at: sign)
        }
        throw fault(.unexpected(scanner.takeUnknown()), at: start..<scanner.position)
      }
      if let wrong = field.fault(comparison, value.text) { throw fault(wrong, at: start..<scanner.position) }
      values.append(value.text)
    } while scanner.take(",")
    return values
  }

  private mutating func fields() throws -> [ConditionField] {
    var fields: [ConditionField] = []
    repeat {
      _ = scanner.peek()
      let start = scanner.position
      let name = scanner.takeName()
      guard !name.isEmpty else { throw fault(.valueMissing(":"), at: max(0, start - 1)..<start) }
      guard let field = ConditionField(name) else {
        throw fault(.unknownField(name), at: start..<scanner.position)
      }
      fields.append(field)
    } while scanner.take(",")
    return fields
  }

  private func fault(_ fault: ConditionError.Fault, at range: Range<Int>) -> ConditionError {
    ConditionError(fault, in: text, at: range, name: names.last)
  }
}
