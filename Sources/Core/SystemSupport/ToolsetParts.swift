/// What of the toolset can be left out of an installation.
public enum ToolsetParts {
  /// The commands that are part of the server's executable.
  public static let serverCommands: Set<String> = ["daemon", "web"]

  /// The package that has them where the toolset is installed from packages.
  public static let serverPackage = "dev-infra-server"
}
