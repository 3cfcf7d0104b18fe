import Git
import SystemPackage
import TestSupport
import Testing

@Suite struct RecentCommitsTests {
  @Test func theNewestComesFirstAndNoMoreThanAskedFor() throws {
    let scratch = try Scratch()
    let path = try scratch.repository("r", commits: 3)
    let lines = try #require(try RecentCommits.lines(at: path, count: 2, onlyBelow: false, seconds: 60))
    #expect(lines.count == 2)
    #expect(lines.first?.hasSuffix(" 2023-11-14 r 2") == true)
  }

  @Test func ofAPartOnlyWhatTouchesIt() throws {
    let scratch = try Scratch()
    let path = try scratch.repository("r")
    try scratch.write("r/web/index")
    try scratch.shell("git add web; git commit -q -m 'web only'", at: "r")
    try scratch.git("commit", "-q", "--allow-empty", "-m", "later", at: "r")
    let lines = try RecentCommits.lines(at: path.appending("web"), count: 9, onlyBelow: true, seconds: 60)
    #expect(lines?.count == 1 && lines?.first?.hasSuffix("web only") == true)
  }

  @Test func withoutACommitThereIsNothingToTell() throws {
    let scratch = try Scratch()
    try scratch.git("init", "-q", "r")
    let path = scratch.path.appending("r")
    #expect(try RecentCommits.lines(at: path, count: 9, onlyBelow: false, seconds: 60) == nil)
  }
}
