// dev-infra: finds the command, hands it the arguments untouched, and becomes it.
//
// Commands whose start is most of their work are in this executable, known by the name that it is called by.

import Terminal
import SystemSupport

func dispatch() -> Int32 {
  do throws(Failure) {
    var dispatcher = Dispatcher()
    return try dispatcher.run(Arguments.all)
  } catch {
    return Messages.report(error, usage: GlobalOptions.usage, refusal: Messages.note)
  }
}

ThisProcess.holdStandardStreams()
// It writes the trace of scripts, and has none itself.
if Arguments.programName == "dev-infra-escape-text" { ThisProcess.exit(EscapeText.run(Arguments.all)) }
TraceLog.start(Arguments.all)
let status =
  switch Arguments.programName {
  case "dev-infra-hook-register": HookRegister.run(Arguments.all)
  case "dev-infra-complete": Complete.run(Arguments.all)
  default: BuiltIn.ownStatus(Arguments.programName, Arguments.all) ?? dispatch()
  }
TraceLog.end(status)
// A signal that something was cleared away for.
Interruption.endProcess()
ThisProcess.exit(status)
