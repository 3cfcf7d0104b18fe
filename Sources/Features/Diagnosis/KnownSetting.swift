import ByteStrings

/// What the value of a setting may be.
public enum SettingValue: Equatable, Sendable {
  /// Any text.
  case text
  /// A whole number, this or more.
  case number(atLeast: Int)
  /// Seconds, also a fraction of one.
  case seconds
  /// One of these words.
  case word([String])

  /// Whether a value is one.
  func takes(_ value: String) -> Bool {
    switch self {
    case .text: true
    case .number(let least): Int(value).map { $0 >= least } ?? false
    case .seconds: Double(value).map { $0.isFinite && $0 >= 0 } ?? false
    case .word(let words): words.contains { $0.hasSameBytes(as: value) }
    }
  }
}

/// A setting below `dev-infra.` that the toolset reads or writes; dev-infra-config(1) describes them.
public struct KnownSetting: Sendable {
  /// Its key behind `dev-infra.`; `*` stands for whatever a person writes there.
  public let key: String
  /// What its value may be.
  public let value: SettingValue
  /// Whether a report says what the value is: it is neither long nor anybody's secret.
  public let isShown: Bool

  private init(_ key: String, _ value: SettingValue = .text, isShown: Bool = true) {
    self.key = key
    self.value = value
    self.isShown = isShown
  }

  /// All of them.
  public static let all = [
    KnownSetting("machine"), KnownSetting("name"), KnownSetting("systemId", isShown: false),
    KnownSetting("directory", isShown: false), KnownSetting("formerMachine", isShown: false),
    KnownSetting("remote"), KnownSetting("remoteHelper"), KnownSetting("roots"), KnownSetting("apiKeyHost"),
    KnownSetting("timeout", .number(atLeast: 0)), KnownSetting("root"), KnownSetting("layout"),
    KnownSetting("updateJobs", .number(atLeast: 1)),
    KnownSetting("state", .word(["branches", "counts", "none"])), KnownSetting("stateWait", .seconds),
    KnownSetting("wanted"), KnownSetting("sshConfig"), KnownSetting("where.*", isShown: false),
    KnownSetting("*.insteadOf", isShown: false),
  ]

  /// The one that a key is of, as git prints keys: section and variable in lower case.
  public init?(key: String) {
    guard key.begins(with: "dev-infra.") else { return nil }
    let name = String(key.dropFirst("dev-infra.".count))
    let found = Self.all.first { known in
      let pattern = known.key.lowercased()
      if pattern.begins(with: "*") {
        let end = String(pattern.dropFirst())
        return name.utf8.count > end.utf8.count && name.ends(with: end)
      }
      if pattern.ends(with: "*") {
        let start = String(pattern.dropLast())
        return name.utf8.count > start.utf8.count && name.begins(with: start)
      }
      return pattern.hasSameBytes(as: name)
    }
    guard let found else { return nil }
    self = found
  }
}
