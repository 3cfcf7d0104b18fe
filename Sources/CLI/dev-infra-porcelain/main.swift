// The commands for people that open the registry, in one executable: each alone would be as big as all of them.

import CommandLineTool

MultiCall.main([
  "dev-infra-archive": Archive.self,
  "dev-infra-clone": Clone.self,
  "dev-infra-export": Export.self,
  "dev-infra-foreach": ForEach.self,
  "dev-infra-forget": Forget.self,
  "dev-infra-gc": CollectGarbage.self,
  "dev-infra-hooks": Hooks.self,
  "dev-infra-import": Import.self,
  "dev-infra-init": Init.self,
  "dev-infra-machine": MachineCommand.self,
  "dev-infra-new": New.self,
  "dev-infra-refresh": Refresh.self,
  "dev-infra-register": Register.self,
  "dev-infra-rm": Remove.self,
  "dev-infra-set": SetFields.self,
  "dev-infra-show": Show.self,
  "dev-infra-state": State.self,
  "dev-infra-status": Status.self,
  "dev-infra-undo": Undo.self,
  "dev-infra-update": Update.self,
  "dev-infra-update-settings": UpdateSettings.self,
  "dev-infra-update-state": UpdateState.self,
])
