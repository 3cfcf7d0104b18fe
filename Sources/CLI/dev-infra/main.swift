// dev-infra: finds the command, hands it the arguments untouched, and becomes it.
//
// Commands whose start is most of their work are in this executable, known by the name that it is called by.

import Terminal
import Glibc
import SystemSupport

switch Arguments.programName {
case "dev-infra-hook-register": exit(HookRegister.run(Arguments.all))
case "dev-infra-complete": exit(Complete.run(Arguments.all))
case "dev-infra-escape-text": exit(EscapeText.run(Arguments.all))
default: break
}

do throws(Failure) {
  var dispatcher = Dispatcher()
  exit(try dispatcher.run(Arguments.all))
} catch {
  switch error.status {
  case ExitStatus.fatal: Messages.fatal(error.message)
  case ExitStatus.usage: Messages.note("error: \(error.message)\n\(GlobalOptions.usage)")
  default: Messages.note(error.message)
  }
  for hint in error.hints { Messages.hint(hint) }
  exit(error.status)
}
