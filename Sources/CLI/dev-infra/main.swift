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
let program = Arguments.programName
// It writes the trace of scripts, and has none itself.
if program == "dev-infra-escape-text" { ThisProcess.exit(EscapeText.run(Arguments.all)) }
TraceLog.start(Arguments.all)
let status =
  switch program {
  case "dev-infra-hook-register": HookRegister.run(Arguments.all)
  case "dev-infra-complete": Complete.run(Arguments.all)
  default: BuiltIn.ownStatus(program, Arguments.all) ?? dispatch()
  }
TraceLog.end(status)
// A signal that something was cleared away for.
Interruption.endProcess()
ThisProcess.exit(status)
