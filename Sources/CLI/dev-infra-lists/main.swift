// The commands that read and write other tools' lists. They are apart from all others because their readers take
// input of unknown origin.

import CommandLineTool

MultiCall.main([
  "dev-infra-read-list": ReadList.self,
  "dev-infra-write-list": WriteList.self,
])
