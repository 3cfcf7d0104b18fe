public import SystemPackage
import SystemSupport
import ByteStrings

/// What a diagnosis looks at: this process's own surroundings, or those that a test has made.
public struct Surroundings: Sendable {
  /// The folder with the executables of this installation.
  public var executables: FilePath?
  /// The user's home directory.
  public var home: FilePath?
  /// The registry's directory.
  public var registry: FilePath?
  /// The moment, in milliseconds since 1970.
  public var now: Int64
  /// What an environment variable holds.
  public var variable: @Sendable (String) -> String?

  /// Surroundings of these parts.
  public init(
    executables: FilePath?, home: FilePath?, registry: FilePath?, now: Int64,
    variable: @escaping @Sendable (String) -> String?
  ) {
    self.executables = executables
    self.home = home
    self.registry = registry
    self.now = now
    self.variable = variable
  }

  /// This process's own.
  public static var own: Surroundings {
    Surroundings(
      executables: Environment.executablePath, home: Environment.home,
      registry: Environment.registryDirectory, now: Clock.nowMilliseconds
    ) { Environment[$0] }
  }

  /// A variable that is set and not empty.
  func given(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }

  /// The folder above `libexec` or `bin`, with `share`.
  var prefix: FilePath? {
    guard let executables else { return nil }
    // The executables are in `libexec/dev-infra`, or in a build's own folder.
    let above = executables.removingLastComponent()
    return above.lastComponent?.string == "libexec" ? above.removingLastComponent() : above
  }

  /// The user's folder for settings (the XDG base directory specification).
  var settings: FilePath? {
    given("XDG_CONFIG_HOME").map { FilePath(text: $0) } ?? home?.appending(".config")
  }
}
