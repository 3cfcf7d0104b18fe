// Commands that need neither libgit2 nor a parser: apart from the others, for whose libraries they would wait.

import CommandLineTool

MultiCall.main([
  "dev-infra-check-url": CheckURL.self,
  "dev-infra-fill-template": FillTemplate.self,
  "dev-infra-list": List.self,
  "dev-infra-ls-projects": LsProjects.self,
  "dev-infra-open": Open.self,
  "dev-infra-path": Path.self,
])
