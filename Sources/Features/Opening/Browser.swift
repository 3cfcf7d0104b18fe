import ByteStrings
public import SystemSupport
import SystemPackage

/// The program that shows a page: git's setting `web.browser`, else what `BROWSER` names, else what the system opens URLs with,
/// else what git-web--browse(1) finds.
public enum Browser: Equatable, Sendable {
  /// git-web--browse(1), with the settings that it reads.
  case git
  /// A command of `BROWSER`: its words, of which `%s` is the URL, which otherwise stands behind them.
  case command([String])

  /// Programs that open a URL in what the user has chosen for it.
  #if os(macOS)
    private static let openers = ["open"]
  #else
    private static let openers = ["xdg-open", "wslview", "termux-open-url", "sensible-browser"]
  #endif

  /// The one that is to be used.
  public static func ofUser() throws(SystemError) -> Browser {
    try chosen() ?? openers.first(where: isThere).map { .command([$0]) } ?? .git
  }

  /// The one that the user has named; nil where that is left to the system.
  public static func chosen() throws(SystemError) -> Browser? {
    if try !UserSettings.value(of: "web.browser").isEmpty { return .git }
    for entry in (Environment["BROWSER"] ?? "").split(at: ":") {
      if let browser = Browser(command: String(entry)), case .command(let words) = browser, isThere(words[0])
      {
        return browser
      }
    }
    return nil
  }

  /// The command of these words; nil where there are none.
  public init?(command: String) {
    let words = command.unicodeScalars.split { " \t\n".unicodeScalars.contains($0) }.map { String($0) }
    // `&` asks for what happens anyway where there is a window.
    let named = words.last == "&" ? Array(words.dropLast()) : words
    if named.isEmpty { return nil }
    self = .command(named)
  }

  /// Whether there is a desktop for a window to open on.
  public static var hasDesktop: Bool {
    #if os(macOS)
      true
    #else
      Environment["DISPLAY"] ?? Environment["WAYLAND_DISPLAY"] != nil
    #endif
  }

  /// What is run to show a page; no shell is.
  ///
  /// - Parameter url: a ``RepositoryPage``'s, which begins with its scheme.
  public func words(showing url: String) -> [String] {
    switch self {
    case .git: return ["git", "web--browse", url]
    case .command(let words):
      let filled = words.map { $0.replacing("%s", with: url) }
      return filled == words ? words + [url] : filled
    }
  }

  /// Whether `PATH` has such a program, or it is one itself.
  private static func isThere(_ name: String) -> Bool {
    if name.holds("/") { return Files.isExecutable(FilePath(text: name)) }
    return (Environment["PATH"] ?? "").split(at: ":").contains { directory in
      directory.begins(with: "/") && Files.isExecutable(FilePath(text: String(directory)).appending(name))
    }
  }
}

/// The program that a person edits with, as git finds it: `GIT_EDITOR`, `core.editor`, `VISUAL`, `EDITOR`, or git's own choice.
public enum Editor {
  /// Why there is none.
  public struct NoEditor: Error, Sendable {
    /// What git says of it, where it says something.
    public let reason: String
  }

  /// The words of a process that edits these, in which a shell reads the command, as it does for git: with options, and
  /// with what it edits behind it.
  public static func words(editing paths: [String]) throws -> [String] {
    let result = try UserSettings.git(["var", "GIT_EDITOR"])
    let line = ByteText.string(from: result.output.prefix { $0 != UInt8(ascii: "\n") })
    guard result.termination == .exited(0), !line.isEmpty else {
      let reason =
        ByteText.string(from: result.errors).split(at: "\n").last.map(String.init) ?? "git names none"
      throw NoEditor(reason: reason)
    }
    return ["/bin/sh", "-c", "\(line) \"$@\"", line] + paths
  }
}

/// Runs git with the user's own settings and no repository's: the current directory may be anybody's.
enum UserSettings {
  static func value(of key: String) throws(SystemError) -> String {
    let result = try git(["config", "--get", key])
    return result.termination == .exited(0) ? ByteText.string(from: result.output.prefix { $0 != 0x0A }) : ""
  }

  static func git(_ arguments: [String]) throws(SystemError) -> ChildProcess.Result {
    let environment = GitEnvironment.person
    var git = ChildProcess("git", environment.options + ["-C", "/", "--git-dir=/dev/null"] + arguments)
    git.environment = environment.variables
    return try git.run()
  }
}
