// The server, the commands for its keys, `dev-infra web`, and the hooks by which it takes what is pushed to it by git.

import CommandLineTool
import SystemSupport

if let status = ReceiveHooks.run(as: Arguments.programName) { ThisProcess.exit(status) }
if Arguments.all.first == "key" { KeyCommand.main() }
if Arguments.programName == "dev-infra-web" { WebCommand.main() }
DaemonCommand.main()
