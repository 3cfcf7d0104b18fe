import Terminal
import SystemSupport
import ByteStrings
import SystemPackage

/// The options that stand before the command, and what they change for it.
struct GlobalOptions {
  static let usage = """
    USAGE: dev-infra [-C <dir>] ... [--dir <dir>] [-c <key=value>] ... [--exec-path[=<dir>]] [--no-pager] \
    [--version] [--help] <command> [<arg> ...]
    """

  /// What to do instead of running a command, where an option asks for it.
  enum Request { case help, version, executablePath }

  private(set) var request: Request?
  /// The value of `--exec-path=`.
  private(set) var executables: FilePath?
  /// The command and its arguments.
  private(set) var command: ArraySlice<String>
  private var registry: String?
  private var settings: [(key: String, value: String)] = []
  private var withoutPager = false

  /// Takes the options off the front of `words`; `-C` acts at once, so that each is relative to those before it.
  init(_ words: [String]) throws(Failure) {
    command = words[...]
    while request == nil, let word = command.first, word.begins(with: "-") {
      command.removeFirst()
      switch word {
      case "-h", "--help": request = .help
      case "-v", "--version": request = .version
      case "--exec-path": request = .executablePath
      case "--no-pager": withoutPager = true
      case "-C": try changeDirectory(try value(of: word))
      case "-c": settings.append(try Self.setting(try value(of: word)))
      case "--dir": registry = try value(of: word)
      default:
        if let value = Self.suffix(of: word, behind: "--dir=") {
          registry = value
        } else if let value = Self.suffix(of: word, behind: "--exec-path="), !value.isEmpty {
          executables = FilePath(text: value)
        } else {
          throw .usage("unknown option '\(Quoting.visible(word))'")
        }
      }
    }
    if registry?.isEmpty == true { throw .usage("option '--dir' needs a directory") }
  }

  /// Exports what the options ask for to every child of the command.
  func export() throws(Failure) {
    if withoutPager {
      Environment.set("GIT_PAGER", to: "cat")
    }
    if let registry { Environment.set("DEV_INFRA_DIR", to: try Self.absolute(FilePath(text: registry)).text) }
    try CommandLineConfiguration.append(settings)
  }

  /// `path` against the current directory, which `-C` may have changed, and which may be gone where nothing asks for it.
  static func absolute(_ path: FilePath) throws(Failure) -> FilePath {
    if path.isAbsolute { return path }
    do {
      return path.absolute(against: try Environment.currentDirectory())
    } catch {
      throw Failure(error)
    }
  }

  private mutating func value(of option: String) throws(Failure) -> String {
    guard let value = command.popFirst() else { throw .usage("option '\(option)' needs a value") }
    return value
  }

  private func changeDirectory(_ directory: String) throws(Failure) {
    // As with git, an empty directory means the current one.
    if directory.isEmpty { return }
    do throws(SystemError) {
      try ThisProcess.changeDirectory(FilePath(text: directory))
    } catch {
      throw Failure(error)
    }
  }

  /// `key=value`, or `key` alone for true, as `git -c` takes it.
  private static func setting(_ word: String) throws(Failure) -> (key: String, value: String) {
    let parts = word.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let key = String(parts[0])
    let section = key.unicodeScalars.firstIndex(of: ".")
    guard let section, section != key.startIndex, key.unicodeScalars.last != "." else {
      throw .usage("'\(Quoting.visible(key))' is not a configuration key of the form section.name")
    }
    return (key, parts.count > 1 ? String(parts[1]) : "true")
  }

  private static func suffix(of word: String, behind prefix: String) -> String? {
    word.begins(with: prefix) ? String(word.dropFirst(prefix.count)) : nil
  }
}
