// The server, the commands for its keys, and the hook by which it takes what is pushed to it by git.

import CommandLineTool
import Glibc
import Platform
import RegistryReceive

if Arguments.programName == "proc-receive" { exit(ReceiveHook.run()) }
if Arguments.all.first == "key" { KeyCommand.main() }
DaemonCommand.main()
