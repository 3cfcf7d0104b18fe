/// Why a template was not filled.
public struct FillingError: Error, Equatable, CustomStringConvertible {
  /// The sentence, with control characters from data shown as escapes.
  public let description: String

  init(_ description: String) { self.description = description }
}
