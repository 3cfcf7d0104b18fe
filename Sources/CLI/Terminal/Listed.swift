/// Names in a sentence.
public enum Listed {
  /// The first ten, and how many more there are.
  public static func some(of names: [String]) -> String {
    names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
  }
}
