import Terminal
import SystemSupport
import ByteStrings
import SystemPackage

/// From a command line to the program that carries it out.
struct Dispatcher {
  /// The aliases that were expanded on the way, first to last.
  private var expanded: [String] = []

  /// Carries out `arguments`.
  ///
  /// - Returns: a status, but only for what the dispatcher does itself: any other command replaces this process.
  mutating func run(_ arguments: [String]) throws(Failure) -> Int32 {
    let options = try GlobalOptions(arguments)
    try options.export()
    do { try Privileges.becomeOwner(of: Environment.registryDirectory) } catch { throw Failure(error) }
    let installation = try Installation(executables: options.executables)
    installation.export()

    switch options.request {
    case .help: return try Help(installation).run(Array(options.command))
    case .version: return try Version.run(Array(options.command), installation)
    case .executablePath:
      var output = Output()
      try output.line(installation.executables.text)
      try output.flush()
      return ExitStatus.success
    case nil: break
    }

    guard let name = options.command.first else {
      _ = try Help(installation).run([])
      if let registry = Environment.registryDirectory, Files.kind(of: registry) == nil {
        Messages.hint(
          "You have no registry yet: 'dev-infra init' makes one, 'dev-infra init URL' takes over the one at URL"
        )
      }
      return ExitStatus.no
    }
    let rest = Array(options.command.dropFirst())
    if name == "help" { return try Help(installation).run(rest) }
    if rest.first == "--help" { return try Help(installation).run([name]) }
    if name == "version" { return try Version.run(rest, installation) }
    if let program = CommandSearch.find(name, in: installation.executables) {
      if let command = BuiltIn.command(name), BuiltIn.isOwn(program) { return command.run(rest) }
      try Execution.become(program, rest)
    }
    guard let alias = try Aliases.value(of: name) else { throw Suggestion(installation).failure(for: name) }
    if alias.begins(with: "!") { try Execution.becomeShell(String(alias.dropFirst()), rest) }
    if expanded.contains(name) {
      let chain = (expanded + [name]).joined(separator: " -> ")
      throw .fatal("running '\(expanded[0])' failed: its alias leads back to itself (\(chain))")
    }
    expanded.append(name)
    return try run(try Aliases.words(of: alias, alias: name) + rest)
  }
}
