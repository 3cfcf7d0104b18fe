import ByteStrings
import Registry

/// What decides where a row stands in a list: numbers by their size, versions in their own order, other text by its bytes. What
/// has no value goes first, as with `git for-each-ref --sort`.
public struct SortValue: Comparable, Sendable {
  private enum Form: Comparable {
    case none
    // What is not a version stands before those that are.
    case text(ByteString)
    case number(Int)
    case version(ConditionVersion)
  }

  private let form: Form

  private init(_ form: Form) { self.form = form }

  /// The value of a row that lacks it: it goes first.
  public static let none = SortValue(.none)

  /// A number, sorted by its size.
  public static func number(_ number: Int) -> SortValue { SortValue(.number(number)) }

  /// Text, sorted by its bytes; empty text counts as no value.
  public static func text(_ text: String) -> SortValue {
    text.isEmpty ? none : SortValue(.text(ByteString(text)))
  }

  /// A version; what is not one counts as text.
  public static func version(_ text: String) -> SortValue {
    ConditionVersion(text).map { SortValue(.version($0)) } ?? .text(text)
  }

  /// The order of the values.
  public static func < (left: SortValue, right: SortValue) -> Bool { left.form < right.form }
}

extension RowAtom {
  /// What a list is sorted by where it is sorted by this: a name without regard to case.
  public func sortValue(of row: ViewRow, in view: View) -> SortValue {
    let text = text(of: row, in: view)
    if self == .name { return .text(text.lowercased()) }
    return ProjectField(rawValue)?.isVersion == true ? .version(text) : .text(text)
  }
}
