import SystemSupport

/// git configuration carried in the environment, see `GIT_CONFIG_COUNT` in git-config(1): what `-c` sets
/// reaches every git that any command runs.
public enum CommandLineConfiguration {
  /// Adds settings behind those that are there.
  public static func append(_ settings: [(key: String, value: String)]) throws(Failure) {
    if settings.isEmpty { return }
    var count = try count()
    for (key, value) in settings {
      Environment.set("GIT_CONFIG_KEY_\(count)", to: key)
      Environment.set("GIT_CONFIG_VALUE_\(count)", to: value)
      count += 1
    }
    Environment.set("GIT_CONFIG_COUNT", to: String(count))
  }

  /// The last value of `key`, whose case does not matter, or nil.
  public static func value(of key: String) throws(Failure) -> String? {
    for index in (0..<(try count())).reversed() {
      if Environment["GIT_CONFIG_KEY_\(index)"]?.lowercased() == key.lowercased() {
        return Environment["GIT_CONFIG_VALUE_\(index)"]
      }
    }
    return nil
  }

  private static func count() throws(Failure) -> Int {
    guard let text = Environment["GIT_CONFIG_COUNT"], !text.isEmpty else { return 0 }
    // git's own bound is INT_MAX; this one keeps a wrong value from costing minutes.
    guard let count = Int(text), (0...100_000).contains(count) else {
      throw .fatal("reading the environment failed: GIT_CONFIG_COUNT is not a number of settings")
    }
    return count
  }
}
