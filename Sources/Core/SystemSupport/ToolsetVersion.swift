/// The toolset's version.
public enum ToolsetVersion {
  /// The one place that holds the number, in the form of <https://semver.org>.
  public static let number = "0.2.0"
}
