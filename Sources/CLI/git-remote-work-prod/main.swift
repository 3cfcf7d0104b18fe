// git-remote-work-prod: run by git for remotes whose URL begins with `work-prod::`, see gitremote-helpers(7). It
// parses its two arguments by hand, for git gives them and nobody else does.

import Terminal
import Git
import RegistryStore
import SystemSupport
import ByteStrings
import SystemPackage
import WorkProdRemote

let help = """
  OVERVIEW: Let git fetch from and push to a work-prod service

  USAGE: git-remote-work-prod <remote> <url>

  ARGUMENTS:
    <remote>                The remote's name, or its URL where it has none.
    <url>                   The service's URL, without 'work-prod::'.

  OPTIONS:
    -h, --help              Show help information.

  """

func show(_ text: String, status: Int32) -> Int32 {
  var output = Output()
  return (try? output.write(text)) != nil && (try? output.flush()) != nil ? status : ExitStatus.fatal
}

func run(_ arguments: [String]) throws {
  try Interruption.watch()
  guard let directory = Environment["GIT_DIR"] else {
    throw Failure.fatal(
      "git-remote-work-prod needs a repository to put the records into, and GIT_DIR names none",
      hints: "git runs it for a remote whose URL begins with 'work-prod::', within a repository")
  }
  Environment.forgetRepository()
  let remote = try ServiceRemote(
    arguments[1], directory: FilePath(text: directory), name: arguments[0], delegate: HelperTerminal())
  let isOfStates = Environment[GitTransport.transferVariable] == GitTransport.states
  var session = HelperSession(remote, isOfStates: isOfStates) { bytes in
    var output = Output()
    try output.write(bytes)
    try output.flush()
  }
  try session.run()
}

func main(_ arguments: [String]) -> Int32 {
  if ["-h", "--help"].contains(arguments.first) {
    return show(help, status: arguments.first == "-h" ? ExitStatus.usage : ExitStatus.success)
  }
  guard arguments.count == 2 else {
    Messages.error("git-remote-work-prod takes a remote's name and a URL")
    Messages.note("USAGE: git-remote-work-prod <remote> <url>")
    return ExitStatus.usage
  }
  do {
    try run(arguments)
    return ExitStatus.success
  } catch {
    if Interruption.signal == nil {
      let failure = Failure(error)
      Messages.fatal(failure.message)
      for hint in failure.hints { Messages.hint(hint) }
    }
    return ExitStatus.fatal
  }
}

Program.run(main)
