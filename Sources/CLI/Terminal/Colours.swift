import SystemPackage
import SystemSupport

/// Whether colours are wanted: the one rule for every command that has them.
public enum Colours {
  /// A colour, or another way in which a terminal sets text apart.
  public enum Style: String, Sendable {
    /// What is broken.
    case red = "31"
    /// What is well, or only has to go on.
    case green = "32"
    /// What waits.
    case yellow = "33"
    /// What is worth knowing.
    case cyan = "36"
    /// What stands above the rest.
    case bold = "1"
    /// What stands behind the rest.
    case dim = "2"
  }

  /// Text that is safe to show, in a style; as it is without one.
  public static func styled(_ text: String, _ style: Style?) -> String {
    guard let style, !text.isEmpty else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[m"
  }

  /// Whether what goes to this descriptor is to have colours: where it is a terminal that can show them, `NO_COLOR`
  /// (<https://no-color.org>) is not set, and git's `color.ui` does not forbid it: given by `-c`, the registry's, or the user's.
  ///
  /// Runs git where all else allows them.
  public static func areWanted(on descriptor: Int32 = 1) -> Bool {
    Terminal.isTerminal(descriptor) && areAllowed()
  }

  /// As ``areWanted(on:)`` on what is known to be a terminal.
  public static func areAllowed() -> Bool {
    guard (Environment["NO_COLOR"] ?? "").isEmpty, !["dumb", ""].contains(Environment["TERM"] ?? "") else {
      return false
    }
    // As in a registry's directory, wherever this is: the repository around decides nothing.
    let environment = GitEnvironment.foreign
    let directory = Environment.registryDirectory.flatMap {
      Files.kind(of: $0.appending("config")) == .file ? $0 : nil
    }
    var git = ChildProcess(
      "git",
      environment.options
        + ["--git-dir=\(directory?.text ?? "/dev/null")", "config", "--get-colorbool", "color.ui", "true"])
    git.environment = environment.variables
    git.timeLimit = 2
    git.outputLimit = 64
    // Without an answer they are what a terminal is for.
    guard let result = try? git.run(), result.termination == .exited(0) || result.termination == .exited(1)
    else {
      return true
    }
    return !result.output.starts(with: "false".utf8)
  }
}
