import Git
import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct TrackedFilesTests {
  @Test func directoriesAreTrackedInIndexesOfEveryVersion() throws {
    for version in [2, 3, 4] {
      let scratch = try Scratch()
      let directory = try scratch.repository("r")
      try scratch.shell(
        "mkdir -p sub/x other; : >sub/.abc; : >sub/.dev-infra.yml; : >other/dev-infra.yml; git add .")
      try scratch.shell("git update-index --index-version \(version)")
      let facts = try RepositoryInfo.read(at: directory)
      #expect(try facts.trackedPaths(named: ".dev-infra.yml") == ["sub"])
      #expect(try facts.trackedPaths(named: "nothing") == [])
      try scratch.shell("git rm -q --cached sub/.dev-infra.yml")
      #expect(try facts.trackedPaths(named: ".dev-infra.yml") == [])
      try scratch.shell("git add .; git update-index --split-index")
      #expect(try facts.trackedPaths(named: ".dev-infra.yml") == ["sub"])
    }
  }
}

extension Scratch {
  /// Runs a line of shell in the repository `r`.
  fileprivate func shell(_ line: String) throws { try shell(line, at: "r") }
}
