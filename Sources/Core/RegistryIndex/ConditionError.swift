/// What is wrong with a condition, and where in its text.
public struct ConditionError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Fault: Equatable, Sendable {
    /// The text is empty, or white space alone.
    case empty
    /// It has more bytes than this.
    case tooLong(limit: Int)
    /// Parentheses and negations are nested deeper than this.
    case tooDeep(limit: Int)
    /// It asks for more than so many things.
    case tooManyTerms(limit: Int)
    /// It ends where something to ask for is expected.
    case endsEarly
    /// This stands where something to ask for is expected.
    case unexpected(String)
    /// This stands behind something complete, where `&&`, `||` or the end is expected.
    case notJoined(String)
    /// One `&` or `|` stands alone.
    case halfOperator(String)
    /// This parenthesis is not closed.
    case notClosed
    /// This parenthesis was not opened.
    case notOpened
    /// This quote is not closed.
    case quoteNotClosed
    /// There is no such field or word.
    case unknownField(String)
    /// The field stands alone, as only words do.
    case needsComparison(ConditionField)
    /// Nothing stands behind a comparison.
    case valueMissing(String)
    /// A yes or no is compared with something.
    case takesNoValue(ConditionField)
    /// A field that has no order is asked for what is less or more.
    case noOrder(ConditionField)
    /// The field has none of these values.
    case unknownValue(ConditionField, String)
    /// It is not a date, a moment or a span.
    case notATime(String)
    /// A span of time is compared otherwise than by less and more.
    case spanWithoutOrder(String)
    /// This value, which a version is compared with by order, is not a version.
    case notAVersion(String)
    /// This value of a field with numbers is not a number.
    case notANumber(ConditionField, String)
    /// No condition is saved under this name.
    case unknownName(String)
    /// A saved condition asks for itself.
    case namesItself(String)
  }

  /// What is wrong.
  public let fault: Fault
  /// The text that it is wrong in.
  public let text: String
  /// Where in the text, in bytes.
  public let range: Range<Int>
  /// The name that the text is saved under; nil for the one that was given.
  public let name: String?

  /// An error of its parts.
  public init(_ fault: Fault, in text: String, at range: Range<Int>, name: String? = nil) {
    self.fault = fault
    self.text = text
    self.range = range
    self.name = name
  }
}
