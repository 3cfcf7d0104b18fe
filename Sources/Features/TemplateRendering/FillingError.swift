public import SystemSupport

/// Why a template was not filled.
public struct FillingError: ExplainedError, Equatable {
  /// The sentence, with control characters from data shown as escapes.
  public let explanation: String

  init(_ explanation: String) { self.explanation = explanation }
}
