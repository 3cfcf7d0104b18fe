import Terminal
import SystemSupport
import ByteStrings

/// What was meant by a command that does not exist, found as git finds it.
struct Suggestion {
  /// What people type who know a shell, git or another tool for many repositories: these are not typing mistakes, so
  /// the distance between words would not find what is meant (for `cd` it would find `gc`).
  private static let words: [String: Set<String>] = [
    "list": [
      "ls", "ll", "la", "l", "dir", "search", "find", "grep", "projects", "repos", "machines", "query",
    ],
    "path": [
      "cd", "go", "goto", "j", "z", "jump", "where", "which", "locate", "pwd", "root", "look",
    ],
    "open": ["browse", "browser", "page", "editor", "edit", "code", "xdg-open", "web--browse"],
    "show": ["cat", "info", "view", "describe", "inspect", "get-info"],
    "register": ["add", "scan", "track", "index", "discover", "save", "detect", "mv", "move"],
    "clone": ["get", "checkout", "co", "download", "bring", "restore", "install"],
    "rm": ["remove", "delete", "del", "unregister", "untrack", "erase", "drop"],
    "archive": ["retire", "shelve", "hide"],
    "forget": ["remove", "unregister", "untrack", "drop", "detach"],
    "status": ["st", "stat", "state", "diff", "compare"],
    "log": ["history", "changes", "hist", "reflog", "blame"],
    "undo": ["revert", "reset", "rollback", "redo", "back"],
    "set": ["edit", "tag", "untag", "label", "modify", "rename", "update", "mark", "note"],
    "refresh": ["rescan", "reload", "prune", "clean", "update", "reindex", "mv", "move"],
    "new": ["create", "scaffold", "start", "generate", "make", "mk", "template"],
    "init": ["setup", "create-registry", "begin"],
    "adopt": ["migrate"],
    "pull": ["merge", "update", "up", "down", "import"],
    "push": ["publish", "upload", "send", "export", "backup"],
    "remote": ["remotes", "origin", "login", "connect", "link"],
    "daemon": ["serve", "server", "web", "api", "listen"],
    "verify": ["check", "fsck", "doctor", "validate", "lint"],
    "gc": ["compact", "repack", "maintenance", "optimize"],
    "config": ["conf", "settings", "alias", "set-config", "options", "preferences"],
    "hooks": ["hook", "auto", "automatic"],
    "completion": ["completions", "autocomplete"],
    "shell-init": ["shell", "shellenv", "hook-env", "activate", "cd", "jump", "goto", "z"],
    "help": ["man", "usage", "commands", "h"],
    "ls-projects": ["export", "dump"],
  ]

  private let installation: Installation

  init(_ installation: Installation) { self.installation = installation }

  /// The answer to an unknown command, with the nearest ones where any is near.
  func failure(for name: String) -> Failure {
    let catalogue = Catalogue(installation)
    if catalogue.entries.contains(where: { $0.command == name && $0.isCommand }) { return notInstalled(name) }
    var message =
      "dev-infra: '\(Quoting.visible(name))' is not a dev-infra command. See 'dev-infra help -a'."
    let meant = catalogue.entries.filter { Self.words[$0.command]?.contains(name) ?? false }
    if !meant.isEmpty {
      message += "\n\nWhat you may look for is\n"
      let width = meant.map(\.command.count).max() ?? 0
      message += meant.map { entry in
        "\t\(entry.command)\(String(repeating: " ", count: width - entry.command.count + 3))\(entry.summary)"
      }.joined(separator: "\n")
      let hints =
        Self.words["path"]?.contains(name) ?? false
        ? [
          "'dev-infra shell-init' prints a function for your shell: 'p NAME' changes to a project's directory"
        ] : []
      return Failure(status: ExitStatus.no, message: message, hints: hints)
    }
    let names = nearest(to: name, catalogue)
    if !names.isEmpty {
      message += "\n\nThe most similar command\(names.count == 1 ? " is" : "s are")\n"
      message += names.map { "\t\(Quoting.visible($0))" }.joined(separator: "\n")
    }
    return Failure(status: ExitStatus.no, message: message, hints: [])
  }

  /// The answer to a command that there is, but not here.
  private func notInstalled(_ name: String) -> Failure {
    guard ToolsetParts.serverCommands.contains(name) else {
      return .fatal(
        "running 'dev-infra \(name)' failed: it is not in \(installation.executables.visible)",
        hints: "The installation is incomplete: install it again")
    }
    return Failure(
      status: ExitStatus.no,
      message: "dev-infra: '\(name)' is a command of the server, which is not installed.",
      hints: [
        "The package \(ToolsetParts.serverPackage) has it; from source, 'make install' without DEV_INFRA_SERVER=0 installs it"
      ])
  }

  /// The commands that begin with `name` where those are common ones, and those at the least distance.
  private func nearest(to name: String, _ catalogue: Catalogue) -> [String] {
    let common = Set(catalogue.entries.filter { $0.group != nil }.map(\.command))
    let commands = catalogue.entries.filter { $0.isCommand && $0.category != "helper" }
    var candidates = Set(commands.map(\.command))
    candidates.formUnion(CommandSearch.names(in: [installation.executables] + CommandSearch.path))
    candidates.formUnion(Aliases.names())

    var beginning: [String] = []
    var ranked: [(distance: Int, name: String)] = []
    for candidate in candidates {
      if !name.isEmpty, common.contains(candidate), candidate.begins(with: name) {
        beginning.append(candidate)
      } else {
        ranked.append((EditDistance.between(name, and: candidate) + 1, candidate))
      }
    }
    // git's floor: what is further away is not a typing mistake.
    guard let best = ranked.map(\.distance).min(), best < 7 else { return beginning.sorted() }
    return beginning.sorted() + ranked.filter { $0.distance == best }.map(\.name).sorted()
  }
}
