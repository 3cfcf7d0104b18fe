// What reads and writes other tools' lists: apart from all else, since these readers take what comes from anywhere.

import CommandLineTool

MultiCall.main([
  "dev-infra-read-list": ReadList.self,
  "dev-infra-write-list": WriteList.self,
])
