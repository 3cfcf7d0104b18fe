import ByteStrings

/// Paths as people write them.
public enum HomePath {
  /// A path with `~` for the home directory.
  public static func short(_ path: String, home: String?) -> String {
    guard let home, path == home || path.begins(with: home + "/") else { return path }
    return "~" + path.dropFirst(home.count)
  }
}
