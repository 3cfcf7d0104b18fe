import Terminal
import ByteStrings

/// `dev-infra help [-a | CMD]`.
struct Help {
  private static let overview = """
    OVERVIEW: Know which projects are on which of your machines, the way git keeps history.

    \(GlobalOptions.usage)

    """
  private static let closing = """

    'dev-infra help -a' lists all commands. 'dev-infra help <command>' opens a command's manual page,
    'dev-infra help tutorial' a first walk through.

    """
  private let installation: Installation

  init(_ installation: Installation) { self.installation = installation }

  func run(_ arguments: [String]) throws(Failure) -> Int32 {
    guard let first = arguments.first else {
      return try show(Self.overview + CommandOverview(installation).common() + Self.closing)
    }
    if arguments.count > 1 { return WrongUsage.status("help takes one command", Self.ownHelp) }
    switch first {
    case "-a", "--a", "--al", "--all": return try show(CommandOverview(installation).all())
    case "-h":
      _ = try show(Self.ownHelp)
      return ExitStatus.usage
    default:
      if first.begins(with: "-") {
        return WrongUsage.status("unknown option '\(Quoting.visible(first))'", Self.ownHelp)
      }
      if let page = ManualPage(of: first, in: installation) { try page.open() }
      if let alias = try Aliases.value(of: first) {
        return try show("'\(first)' is aliased to '\(Quoting.visible(alias))'\n")
      }
      throw Failure(
        status: ExitStatus.no,
        message:
          "dev-infra: there is no manual page for '\(Quoting.visible(first))'. See 'dev-infra help -a'.",
        hints: [])
    }
  }

  private static let ownHelp = """
    OVERVIEW: Show what commands there are, or a manual page

    USAGE: dev-infra help [-a | <cmd>]

    ARGUMENTS:
      <cmd>                   A command, a guide or a format.

    OPTIONS:
      -a, --all               List all commands, and those that others have put on PATH.
      -h, --help              Show help information.

    """

  private func show(_ text: String) throws(Failure) -> Int32 {
    var output = Output()
    try output.write(text)
    try output.flush()
    return ExitStatus.success
  }
}
