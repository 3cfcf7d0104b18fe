public import RegistryIndex

/// What a registry knows that a command line may name, each asked for when it is needed.
public protocol CompletionSource {
  /// The names of the registry's remotes.
  func remotes() -> [[UInt8]]
  /// People's own short forms and what they stand for, a shell's line behind `!`.
  func aliases() -> [(name: String, meaning: String)]
  /// The words of an alias; nil where there is no such alias, or it is a shell's line.
  func words(ofAlias name: String) -> [String]?
  /// Hands on the projects whose name, id or address begins so, with the value of `--dir` where there is one.
  func forEachProject(
    beginning prefix: [UInt8], hereOnly: Bool, registry: String?, _ body: (NamedProject) -> Void)
  /// What the registry's projects have in a column, each once.
  func values(of column: ViewColumn, registry: String?) -> [[UInt8]]
  /// The names of the machines.
  func machines(registry: String?) -> [[UInt8]]
  /// The names under which conditions are saved.
  func savedConditions() -> [[UInt8]]
}
