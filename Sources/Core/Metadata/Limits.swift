/// What is taken from a `.dev-infra.yml`: files come from any repository, so all of it is bounded.
enum Limits {
  /// Bytes of the file.
  static let file = 1 << 20
  /// Mappings and lists inside each other, the file's own mapping counted.
  static let depth = 16
  /// Values altogether.
  static let values = 1 << 16
  /// Scalars of a key, an item, or a text that no entry of the registry has.
  static let text = 200
  /// Items of a list that no entry of the registry has.
  static let items = 256
}
