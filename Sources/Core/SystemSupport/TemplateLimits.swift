/// The bounds of a template, for it may come from anywhere. dev-infra-fill-template(1) lists them.
public enum TemplateLimits {
  /// Files, directories and links.
  public static let entries = 20_000
  /// How deep directories may be.
  public static let depth = 64
  /// Bytes of all files together.
  public static let bytes = 1 << 30
  /// Bytes of a file that is filled; a larger one is copied as it is.
  public static let text = 1 << 20
  /// Tags in one file or name.
  public static let tags = 2_000
  /// How deep sections may be nested.
  public static let sections = 64
  /// Bytes of a delimiter that a text changes to.
  public static let delimiter = 8
  /// Tags in all files and names.
  public static let allTags = 20_000
  /// Bytes that all filled text may have.
  public static let filled = 1 << 26
}
