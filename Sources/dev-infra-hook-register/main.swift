// dev-infra-hook-register: run by git hooks. Without ArgumentParser and libgit2, whose start alone would cost more than
// the whole of it may. Whatever happens it ends with 0: a hook's status decides whether a push goes on.

import Console
import Glibc
import HookRun
import Platform
import Records

let help = """
  OVERVIEW: Register the repository that a git hook runs in, where it is not known yet

  USAGE: dev-infra-hook-register [<arg> ...]

  ARGUMENTS:
    <arg>                   What git hands to the hook; it makes no difference.

  OPTIONS:
    -h, --help              Show help information.

  """

func trace(_ text: String) {
  switch Environment["DEV_INFRA_TRACE"] {
  case nil, "", "0", "false": return
  default: Messages.note("dev-infra-hook-register: \(Quoting.visible(text))")
  }
}

if ["-h", "--help"].contains(Arguments.all.first) {
  var output = Output()
  let isShown = (try? output.write(help)) != nil && (try? output.flush()) != nil
  exit(!isShown ? ExitStatus.fatal : Arguments.all.first == "-h" ? ExitStatus.usage : ExitStatus.success)
}

let announced = Environment["GIT_DIR"]
Environment.forgetRepository()
if let directory = try? Environment.currentDirectory(),
  let place = HookPlace(directory: directory, announced: announced)
{
  if let registry = Environment.registryDirectory, let executables = Environment.executablePath {
    switch HookRun(registry: registry, executables: executables).run(place) {
    case .known: trace("\(place.path.text) is known and has not changed")
    case .registered: trace("\(place.path.text) is registered")
    case .passedOver(let reason): trace("\(place.path.text) is passed over: \(reason)")
    }
  } else {
    trace("there is no registry: neither DEV_INFRA_DIR nor HOME is set")
  }
} else {
  trace("the current directory is not the top of the repository that git means")
}
exit(ExitStatus.success)
