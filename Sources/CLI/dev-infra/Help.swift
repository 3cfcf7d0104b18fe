import Terminal
import SystemSupport
import ByteStrings
import SystemPackage

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
  /// The headings of the common commands, by the catalogue's names for them.
  private static let groups = [
    ("start", "start"), ("look", "look at your projects"), ("change", "change what is known"),
    ("many", "work in many projects at a time"), ("share", "work with other machines"),
  ]
  /// The headings of all commands, by the catalogue's categories.
  private static let categories = [
    ("main", "Main commands"), ("ancillary", "Ancillary commands"), ("plumbing", "Plumbing, for scripts"),
    ("helper", "Remote helpers, which git runs"), ("guide", "Guides and formats"),
  ]

  private let installation: Installation
  private let catalogue: Catalogue

  init(_ installation: Installation) {
    self.installation = installation
    catalogue = Catalogue(installation)
  }

  func run(_ arguments: [String]) throws(Failure) -> Int32 {
    guard let first = arguments.first else { return try show(Self.overview + common() + Self.closing) }
    if arguments.count > 1 { return WrongUsage.status("help takes one command", Self.ownHelp) }
    switch first {
    case "-a", "--a", "--al", "--all": return try show(all())
    case "-h":
      _ = try show(Self.ownHelp)
      return ExitStatus.usage
    default:
      if first.begins(with: "-") {
        return WrongUsage.status("unknown option '\(Quoting.visible(first))'", Self.ownHelp)
      }
      return try openPage(of: first)
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

  private func common() -> String {
    var text = ""
    for (group, title) in Self.groups {
      let entries = catalogue.entries.filter { $0.group == group }
      if !entries.isEmpty { text += "\n\(title)\n" + lines(entries) }
    }
    return text
  }

  private func all() -> String {
    var text = ""
    for (category, title) in Self.categories {
      let entries = catalogue.entries.filter { $0.category == category }
      if !entries.isEmpty { text += (text.isEmpty ? "" : "\n") + "\(title)\n" + lines(entries) }
    }
    let known = Set(catalogue.entries.map(\.command))
    let own = CommandSearch.names(in: [installation.executables] + CommandSearch.path)
      .filter { !known.contains($0) }
    if !own.isEmpty {
      text += (text.isEmpty ? "" : "\n") + "Commands from elsewhere on PATH\n"
      text += own.map { "   \(Quoting.visible($0))\n" }.joined()
    }
    return text
  }

  private func lines(_ entries: [Catalogue.Entry]) -> String {
    let width = catalogue.entries.map(\.command.count).max() ?? 0
    return entries.map { entry in
      let gap = String(repeating: " ", count: width - entry.command.count + 3)
      return "   \(entry.command)\(gap)\(entry.summary)\n"
    }.joined()
  }

  /// Becomes man(1) with the page of a command, a guide or a format of this installation.
  private func openPage(of name: String) throws(Failure) -> Int32 {
    guard let (page, section) = page(of: name) else {
      if let alias = try Aliases.value(of: name) {
        return try show("'\(name)' is aliased to '\(Quoting.visible(alias))'\n")
      }
      throw Failure(
        status: ExitStatus.no,
        message:
          "dev-infra: there is no manual page for '\(Quoting.visible(name))'. See 'dev-infra help -a'.",
        hints: [])
    }
    // An empty last part stands for the system's own folders.
    let others = Environment["MANPATH"] ?? ""
    Environment.set("MANPATH", to: "\(installation.manualPages.text):\(others)")
    try Execution.becomeIfFound("man", [section, page])
    let file = installation.manualPages.appending("man\(section)").appending("\(page).\(section)")
    throw .fatal(
      "opening the manual page failed: the program 'man' was not found", hints: "The page is \(file.visible)")
  }

  private func page(of name: String) -> (page: String, section: String)? {
    if name.isEmpty || name.utf8.contains(UInt8(ascii: "/")) { return nil }
    for page in ["dev-infra-\(name)", name, "dev-infra\(name.begins(with: ".") ? "" : ".")\(name)"] {
      for section in ["1", "5", "7"] {
        let file = FilePath(text: "\(page).\(section)")
        let path = installation.manualPages.appending("man\(section)").pushing(file)
        if Files.kind(of: path) == .file { return (page, section) }
      }
    }
    return nil
  }

  private func show(_ text: String) throws(Failure) -> Int32 {
    var output = Output()
    try output.write(text)
    try output.flush()
    return ExitStatus.success
  }
}
