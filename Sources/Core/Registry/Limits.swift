/// How large the parts of an entry may be: what comes from a remote is of unknown origin.
public enum ProjectLimits {
  /// Scalars of a project's or a machine's name.
  public static let name = 200
  /// Bytes of a description.
  public static let description = 64 << 10
  /// Scalars of any other text.
  public static let text = 1000
  /// Bytes of a path, as on Linux.
  public static let path = 4096
  /// Bytes of an identity record: a path and a subdirectory, each byte of them quoted as four.
  public static let identity = 8 * path + 64
  /// Tags of a project.
  public static let tags = 100
  /// Scalars of a tag.
  public static let tag = 100
  /// Paths, and remotes, of a checkout.
  public static let places = 1000
  /// Bytes of a URL.
  public static let url = 2000
}

typealias Limits = ProjectLimits
