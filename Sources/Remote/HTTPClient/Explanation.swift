import SystemSupport

/// The sentence of an error of any kind.
enum Explanation {
  static func of(_ error: any Error) -> String { (error as? any ExplainedError)?.explanation ?? "\(error)" }
}
