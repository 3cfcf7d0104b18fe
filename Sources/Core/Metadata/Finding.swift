/// Something in a readable `.dev-infra.yml` that is not as it should be.
public struct Finding: Sendable {
  /// How much it matters.
  public enum Severity: String, Sendable {
    /// What the project is cannot be known as the file asks for.
    case error
    /// One value is not used; all others are.
    case warning
  }

  /// How much it matters.
  public let severity: Severity
  /// The key, as it stands in the file.
  public let key: String
  /// The key's line, from 1.
  public let line: Int
  /// What is wrong and what to do, one sentence without a full stop; text from the file is shown with escapes.
  public let message: String
}
