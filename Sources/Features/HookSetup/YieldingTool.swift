/// A tool that puts its hooks into a repository when it is first used there, and leaves them out where a hook of another
/// tool stands: in silence, or with a message that nobody reads. Without them the tool sends nothing.
///
/// Where ours stands and no hook was there before it, ours does what the tool's would. A tool that refuses to install, and
/// says so by its status, needs no such help.
struct YieldingTool: Sendable {
  /// The tool, as messages name it.
  let name: String
  /// What the tool keeps in the git directory of a repository that it is used in.
  let folder: String
  /// The attribute by which `.gitattributes` gives files to it.
  let attribute: String
  /// Its executable.
  let program: String
  /// What its own hook for an event runs, with the hook's arguments as `"$@"`.
  let commands: [HookEvent: String]

  /// Those that are known.
  static let all = [
    YieldingTool(
      name: "Git LFS", folder: "lfs", attribute: "lfs", program: "git-lfs",
      commands: [
        .prePush: "git lfs pre-push \"$@\"", .postCheckout: "git lfs post-checkout \"$@\"",
        .postCommit: "git lfs post-commit \"$@\"",
      ]),
    YieldingTool(
      name: "git-annex", folder: "annex", attribute: "annex", program: "git-annex",
      commands: [.postCheckout: "git annex smudge --update"]),
  ]

  /// The lines of our hook that stand in for the tools' own.
  static func lines(_ event: HookEvent) -> String {
    all.compactMap { tool in tool.commands[event].map { tool.lines(event, $0) } }.joined()
  }

  private func lines(_ event: HookEvent, _ command: String) -> String {
    let isSetUp = "git config --get filter.\(attribute).clean >/dev/null"
    // A push without what the tool sends is not one that its user meant; after the fact nothing is left to stop.
    let missing =
      event == .prePush
      ? "  elif \(isSetUp); then\n"
        + "    echo \"\(name) is used here, and \(program) is not on PATH: nothing has been pushed\" >&2\n"
        + "    exit 2\n" : ""
    // What a repository's .gitattributes says counts only where the user has set the tool up, as with the tool's own hook.
    return """
      # \(name) does not put its own hook beside another one.
      if [ -d "${0%/*}/../\(folder)" ] ||
        { [ -f .gitattributes ] && grep -q 'filter=\(attribute)' .gitattributes && \(isSetUp); }; then
        if command -v \(program) >/dev/null; then \(command) || exit
      \(missing)  fi
      fi

      """
  }
}
