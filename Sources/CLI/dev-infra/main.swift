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

let program = Arguments.programName
// It writes the trace of scripts, and has none itself.
Program.run(isTraced: program != "dev-infra-escape-text") { arguments in
  switch program {
  case "dev-infra-escape-text": EscapeText.run(arguments)
  case "dev-infra-hook-register": HookRegister.run(arguments)
  case "dev-infra-complete": Complete.run(arguments)
  default: BuiltIn.ownStatus(program, arguments) ?? dispatch()
  }
}
