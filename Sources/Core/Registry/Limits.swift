/// How large the parts of an entry may be: what comes from a remote is of unknown origin.
enum Limits {
  /// Scalars of a project's or a machine's name.
  static let name = 200
  /// Bytes of a description.
  static let description = 64 << 10
  /// Scalars of any other text.
  static let text = 1000
  /// Bytes of a path, as Linux has it.
  static let path = 4096
  /// Bytes of an identity record: a path and a subdirectory, each byte of them quoted as four.
  static let identity = 8 * path + 64
  /// Tags of a project.
  static let tags = 100
  /// Scalars of a tag.
  static let tag = 100
  /// Paths, and remotes, of a checkout.
  static let places = 1000
  /// Bytes of a URL.
  static let url = 2000
}
