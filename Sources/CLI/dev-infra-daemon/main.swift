// The server, the commands for its keys, `dev-infra web`, and the hooks by which it takes what is pushed to it by git.

import CommandLineTool
import ReceiveHook
import SystemSupport
import Terminal

if let event = ReceiveHook.Event(rawValue: Arguments.programName) {
  Program.run { _ in ReceiveHooks.run(event) }
}
if Arguments.all.first == "key" { KeyCommand.main() }
if Arguments.programName == "dev-infra-web" { WebCommand.main() }
DaemonCommand.main()
