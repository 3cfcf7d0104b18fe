// The plumbing that opens repositories, the registry's and others: one executable, so that what they all need is installed once.

import CommandLineTool

MultiCall.main([
  "dev-infra-cat-project": CatProject.self,
  "dev-infra-diff-registry": DiffRegistry.self,
  "dev-infra-fetch-pack": FetchPack.self,
  "dev-infra-hash-project": HashProject.self,
  "dev-infra-ls-repos": LsRepos.self,
  "dev-infra-ls-state": LsState.self,
  "dev-infra-merge-registry": MergeRegistry.self,
  "dev-infra-send-pack": SendPack.self,
  "dev-infra-update-registry": UpdateRegistry.self,
  "dev-infra-update-view": UpdateView.self,
  "dev-infra-verify-registry": VerifyRegistry.self,
])
