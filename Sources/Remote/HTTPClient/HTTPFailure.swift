/// Why a request has no answer. Both hold a sentence: what was asked, of which host, why it failed and what to do;
/// without secrets, and safe for a terminal.
public enum HTTPFailure: Error, Equatable, CustomStringConvertible {
  /// Nothing of it took effect: the service was not reached, or sent it elsewhere.
  case notSent(String)
  /// It went out in part or whole, and no whole answer came: whether it took effect is not known.
  case unanswered(String)

  /// The sentence.
  public var description: String {
    switch self {
    case .notSent(let sentence), .unanswered(let sentence): sentence
    }
  }
}
