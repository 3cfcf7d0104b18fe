/// One of a fixed set of words.
public protocol NamedValue: RawRepresentable<String>, CaseIterable, Hashable, Sendable {}

extension NamedValue {
  /// The words that are allowed, for a message: `active, paused, completed, cancelled`.
  public static var allowed: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
