import ByteStrings
import CGit2
import SystemSupport
import SystemPackage

/// The settings that the environment carries: `GIT_CONFIG_COUNT`, `GIT_CONFIG_KEY_n`, `GIT_CONFIG_VALUE_n`.
package struct EnvironmentSettings: Sendable {
  /// Keys normalised, in the order given.
  package let all: [(key: String, value: String)]

  /// What this process was given.
  static let current = EnvironmentSettings { Environment[$0] }

  package init(_ variable: (String) -> String?) {
    let count = variable("GIT_CONFIG_COUNT").flatMap { Int($0) } ?? 0
    // git refuses larger counts as well.
    all = (0..<max(0, min(count, 10_000))).compactMap { number in
      guard let key = variable("GIT_CONFIG_KEY_\(number)"), let value = variable("GIT_CONFIG_VALUE_\(number)")
      else {
        return nil
      }
      return (Self.normalised(key), value)
    }
  }

  /// The values of `key`, the one that counts last.
  package func values(of key: String) -> [String] {
    if all.isEmpty { return [] }
    let key = Self.normalised(key)
    return all.filter { $0.key == key }.map(\.value)
  }

  /// Section and variable in lower case, the subsection between them as it is.
  static func normalised(_ key: String) -> String {
    guard let first = key.firstIndex(at: "."), let last = key.lastIndex(at: ".") else {
      return key.lowercased()
    }
    return key[..<first].lowercased() + key[first..<last] + key[last...].lowercased()
  }
}

/// The files that the environment names in place of the usual ones.
enum ConfigurationFiles {
  /// Whether the system's file does not count.
  static var ignoresSystem: Bool {
    let flag = Environment["GIT_CONFIG_NOSYSTEM"]?.lowercased() ?? ""
    return Environment["GIT_CONFIG_SYSTEM"] != nil || !["", "0", "false", "no", "off"].contains(flag)
  }

  /// Adds `GIT_CONFIG_SYSTEM` and `GIT_CONFIG_GLOBAL` where they are set.
  static func addNamed(to configuration: OpaquePointer, _ repository: OpaquePointer?) throws(GitError) {
    for (name, level) in [
      ("GIT_CONFIG_SYSTEM", GIT_CONFIG_LEVEL_SYSTEM), ("GIT_CONFIG_GLOBAL", GIT_CONFIG_LEVEL_GLOBAL),
    ] {
      guard let path = Environment[name], Files.kind(of: FilePath(text: path)) == .file else { continue }
      let code = git_config_add_file_ondisk(configuration, FilePath(text: path).cText, level, repository, 1)
      try check(code, "reading the settings in", FilePath(text: path).visible)
    }
  }
}
