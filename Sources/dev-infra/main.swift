// dev-infra: finds the command, hands it the arguments untouched, and becomes it.

import Console
import Glibc
import Platform

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
