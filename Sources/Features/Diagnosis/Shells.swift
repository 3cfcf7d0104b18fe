import SystemSupport
import ByteStrings
import SystemPackage

/// What a start-up file of a shell says of the toolset: read, and never run.
public struct StartUpFile: Equatable, Sendable {
  /// Whether a line of it has `dev-infra shell-init`.
  public private(set) var definesFunction = false
  /// Whether a line of it loads the completion.
  public private(set) var loadsCompletion = false
  /// The first line, from 1, that gives the name `p` to something else behind that.
  public private(set) var takesName: Int?

  /// What its bytes say.
  public init(_ bytes: [UInt8], completion: String = "") {
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      let text = ByteText.string(from: line.drop { $0 == 0x20 || $0 == 0x09 })
      if text.begins(with: "#") { continue }
      if text.holds(text: "dev-infra shell-init") || text.holds(text: "dev-infra-shell-init") {
        definesFunction = true
        // It comes last, and so counts.
        takesName = nil
      }
      if text.holds(text: "dev-infra completion") || text.holds(text: "dev-infra-completion")
        || (!completion.isEmpty && text.contains(completion))
      {
        loadsCompletion = true
      }
      if takesName == nil, Self.names.contains(where: { text.begins(with: $0) }) { takesName = index + 1 }
    }
  }

  /// How a line begins that gives the name to an alias, an abbreviation or a function.
  private static let names = [
    "alias p=", "alias p ", "alias -g p=", "abbr p ", "abbr -a p ", "abbr --add p ", "p()", "p ()",
    "function p ",
    "function p(", "function p\t",
  ]
}

extension Diagnosis {
  private struct Shell {
    let name: String
    /// Those that are read, the one that a person would put a line into first.
    let files: [FilePath]
    /// Where an installation puts the completion, below `share`.
    let completion: FilePath
    /// Folders that the shell looks into by itself.
    let usual: [FilePath]
  }

  mutating func checkShells() {
    guard let home = surroundings.home else { return }
    let login = surroundings.given("SHELL").flatMap { FilePath(text: $0).lastComponent?.string }
    report.state(.shell, "login-shell", login)
    for shell in shells(home) where Files.kind(of: shell.files[0]) != nil || shell.name == login {
      check(shell, isLogin: shell.name == login)
    }
  }

  private func shells(_ home: FilePath) -> [Shell] {
    let zsh = surroundings.given("ZDOTDIR").map { FilePath(text: $0) } ?? home
    let fish = (surroundings.settings ?? home).appending("fish")
    let more = ((try? Files.names(in: fish.appending("conf.d"))) ?? []).prefix(1000)
      .filter { $0.suffix(5).elementsEqual(".fish".utf8) }
      .map { fish.appending("conf.d").pushing(FilePath(bytes: $0)) }
    return [
      Shell(
        name: "bash",
        files: [".bashrc", ".bash_profile", ".bash_login", ".profile", ".bash_aliases"].map {
          home.appending($0)
        },
        completion: "bash-completion/completions/dev-infra",
        usual: ["/usr/share", "/usr/local/share", home.pushing(".local/share")]),
      Shell(
        name: "zsh", files: [".zshrc", ".zshenv", ".zprofile", ".zlogin"].map { zsh.appending($0) },
        completion: "zsh/site-functions/_dev-infra", usual: ["/usr/share", "/usr/local/share"]),
      Shell(
        name: "fish",
        files: [fish.appending("config.fish")] + more + [fish.pushing("functions/p.fish")],
        completion: "fish/vendor_completions.d/dev-infra.fish",
        usual: ["/usr/share", "/usr/local/share", home.pushing(".local/share")]),
    ]
  }

  private mutating func check(_ shell: Shell, isLogin: Bool) {
    let share = surroundings.prefix?.appending("share")
    let own = share?.pushing(shell.completion)
    var (hasFunction, hasCompletion) = (false, false)
    for file in shell.files {
      guard let bytes = try? Files.read(file, limit: 1 << 20) else { continue }
      // A folder of the installation's in zsh's fpath, say.
      let found = StartUpFile(bytes, completion: own?.removingLastComponent().text ?? "")
      hasFunction = hasFunction || found.definesFunction
      hasCompletion = hasCompletion || found.loadsCompletion
      if found.definesFunction, let line = found.takesName {
        report.find(.warning, .shell, .nameTaken(file, line: line))
      }
    }
    // bash and fish look below the folders of XDG_DATA_DIRS, and below that of the program.
    let shared = (surroundings.given("XDG_DATA_DIRS") ?? "").split(at: ":").map { FilePath(text: String($0)) }
    if let share, Files.kind(of: share.pushing(shell.completion)) != nil,
      (shell.usual + shared).contains(where: { Files.isSame($0, share) })
    {
      hasCompletion = true
    }
    if (shell.usual + shared).contains(where: { Files.kind(of: $0.pushing(shell.completion)) != nil }) {
      hasCompletion = true
    }
    let words = [hasFunction ? "p" : nil, hasCompletion ? "completion" : nil].compactMap { $0 }
    report.state(.shell, shell.name, words.isEmpty ? "nothing" : words.joined(separator: ", "))
    // Of other shells that somebody once started nothing is wanted.
    guard isLogin else { return }
    if !hasFunction { report.find(.note, .shell, .noShellFunction(shell: shell.name, file: shell.files[0])) }
    if !hasCompletion { report.find(.note, .shell, .noCompletion(shell: shell.name, file: shell.files[0])) }
  }
}
