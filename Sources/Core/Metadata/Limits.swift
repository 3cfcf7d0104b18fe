/// What is taken from a `.dev-infra.yml`: files come from any repository, so all of it is bounded.
enum Limits {
  /// Bytes of the file.
  static let file = 1 << 20
  /// Mappings and lists inside each other, the file's own mapping counted.
  static let depth = 16
  /// Values altogether.
  static let values = 1 << 16
  /// Scalars of an id, name, template, version or other one-line text.
  static let text = 200
  /// Bytes of a description.
  static let description = 64 << 10
  /// Tags of a project.
  static let tags = 256
}
