/// Why bytes are not the JSON that the registry takes.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where, in bytes from the start.
  public let offset: Int
  /// What is wrong there, as part of a sentence.
  public let reason: String

  /// `REASON at byte OFFSET`.
  public var description: String { "\(reason) at byte \(offset)" }
}
