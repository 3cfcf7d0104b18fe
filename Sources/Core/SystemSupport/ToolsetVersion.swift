/// The toolset's version.
public enum ToolsetVersion {
  /// The one place that holds the number, as <https://semver.org> has it.
  public static let number = "0.1.0"
}
