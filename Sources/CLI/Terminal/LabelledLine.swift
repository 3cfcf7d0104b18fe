/// A line with a label and a value; the values of several lines stand in one column.
public enum LabelledLine {
  /// The line, of text that is safe to show.
  public static func text(_ label: String, _ value: String) -> String {
    "\(label):" + String(repeating: " ", count: max(1, 16 - label.count)) + value
  }
}
