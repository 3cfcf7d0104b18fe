import Git
import SystemSupport
import ByteStrings

/// The version of the `git` program, as far as it decides how hooks are installed.
public struct GitVersion: Comparable, Sendable {
  /// The first number.
  public let major: Int
  /// The second number.
  public let minor: Int

  /// The version in what `git version` prints, `git version 2.39.5` and whatever vendors put behind; nil where there is none.
  public init?(output: String) {
    guard let word = output.split(whereSeparator: \.isWhitespace).dropFirst(2).first else { return nil }
    let numbers = word.split(at: ".").prefix(2).map { Int($0.prefix { ("0"..."9").contains($0) }) }
    guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
    (self.major, self.minor) = (major, minor)
  }

  /// The version of the git on `PATH`; nil where it does not say.
  public static func installed() throws -> GitVersion? {
    var git = GitProgram(outsideRepositories: .foreign)
    // It reads no settings.
    git.options = []
    return try git.output(["version"]).flatMap {
      GitVersion(output: ByteText.string(from: $0))
    }
  }

  /// Whether git runs hooks that its configuration names (`hook.<name>.event`, git-hook(1)), beside a repository's own.
  public var hasConfigurationHooks: Bool { (major, minor) >= (2, 54) }

  /// By the numbers.
  public static func < (one: GitVersion, other: GitVersion) -> Bool {
    (one.major, one.minor) < (other.major, other.minor)
  }
}
