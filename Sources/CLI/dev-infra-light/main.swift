// Commands that need no libgit2 and no parser of YAML, TOML or XML: apart from the others, since loading those takes time.

import CommandLineTool

MultiCall.main([
  "dev-infra-check-url": CheckURL.self,
  "dev-infra-fill-template": FillTemplate.self,
  "dev-infra-list": List.self,
  "dev-infra-ls-projects": LsProjects.self,
  "dev-infra-open": Open.self,
  "dev-infra-path": Path.self,
])
