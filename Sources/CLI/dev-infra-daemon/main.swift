// The server, the commands for its keys, and the hooks by which it takes what is pushed to it by git.

import CommandLineTool
import SystemSupport

if let status = ReceiveHooks.run(as: Arguments.programName) { ThisProcess.exit(status) }
if Arguments.all.first == "key" { KeyCommand.main() }
DaemonCommand.main()
