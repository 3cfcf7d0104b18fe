// The commands for people that read nothing but the view: apart from the others, for whose libgit2 they would wait.

import CommandLineTool

MultiCall.main([
  "dev-infra-list": List.self,
  "dev-infra-open": Open.self,
  "dev-infra-path": Path.self,
])
