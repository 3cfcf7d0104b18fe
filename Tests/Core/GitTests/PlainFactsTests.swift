import Git
import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct PlainFactsTests {
  /// What is done to a repository with one commit, and whether it is an ordinary one afterwards.
  static let ordinary: [(String, @Sendable (Scratch) throws -> Void)] = [
    ("untouched", { _ in }),
    (
      "remotes",
      {
        try $0.shell(
          "git remote add origin git@h:o/n; git remote add two.three https://x/y; git remote set-url --add origin z"
        )
      }
    ),
    (
      "upstream",
      { try $0.shell("git remote add up u; git remote add other o; git config branch.main.remote up") }
    ),
    ("upstreamIsItself", { try $0.shell("git config branch.main.remote .; git remote add a b") }),
    (
      "remoteHead",
      {
        try $0.shell(
          "git remote add origin u; git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk")
      }
    ),
    (
      "defaultName",
      { try $0.shell("git remote add a 1; git remote add b 2; git config clone.defaultRemoteName b") }
    ),
    ("insteadOf", { try $0.shell("git config url.https://h/.insteadOf gh:; git remote add origin gh:o/n") }),
    ("otherBranch", { try $0.shell("git checkout -q -b topic/one_2") }),
    ("noCommit", { try $0.shell("rm -rf .git; git init -q -b trunk") }),
    ("noCommitOfNestedName", { try $0.shell("rm -rf .git; git init -q -b a/b/c") }),
    ("comments", { try $0.shell("printf '# one\\n; two\\n\\n[a]\\r\\n\\tb = c d\\n' >>.git/config") }),
    (
      "odd spacing",
      {
        try $0.shell(
          "printf '[remote \"x\"]\\nURL=https://h/p\\n [Remote \"X\"] \\n\\turl  =  y\\n' >>.git/config")
      }
    ),
  ]

  static let others: [(String, @Sendable (Scratch) throws -> Void)] = [
    ("hash in a name", { try $0.shell("printf '[remote \"a#b\"]\\n\\turl = y\\n' >>.git/config") }),
    ("history", { try $0.shell("git commit -q --allow-empty -m 2") }),
    ("packed", { try $0.shell("git gc -q") }),
    ("detached", { try $0.shell("git checkout -q --detach") }),
    ("strangeBranch", { try $0.shell("git checkout -q -b 'süß'") }),
    ("quotes", { try $0.shell("git remote add origin 'a\"b'") }),
    ("comment behind a value", { try $0.shell("printf '[remote \"x\"]\\n\\turl = y # z\\n' >>.git/config") }),
    ("continued", { try $0.shell("printf '[remote \"x\"]\\n\\turl = y\\\\\\nz\\n' >>.git/config") }),
    ("old subsection", { try $0.shell("printf '[remote.x]\\n\\turl = y\\n' >>.git/config") }),
    ("setting beside the header", { try $0.shell("printf '[remote \"x\"] url = y\\n' >>.git/config") }),
    ("no value", { try $0.shell("printf '[remote \"x\"]\\n\\turl\\n' >>.git/config") }),
    (
      "include",
      { try $0.shell("printf '[remote \"x\"]\\n\\turl = y\\n' >more; git config include.path ../more") }
    ),
    ("shallow", { try $0.shell("git rev-parse HEAD >.git/shallow") }),
    (
      "borrowing",
      {
        try $0.shell(
          "git init -q ../o; git -C ../o commit -q --allow-empty -m o; h=$(git -C ../o rev-parse HEAD); echo ../../../o/.git/objects >.git/objects/info/alternates; git update-ref refs/heads/main $h"
        )
      }
    ),
    ("worktree elsewhere", { try $0.shell("mkdir ../e; git config core.worktree ../../e") }),
    ("bare", { try $0.shell("git config core.bare true") }),
    (
      "symbolicBranch",
      {
        try $0.shell(
          "git symbolic-ref refs/heads/alias refs/heads/main; git symbolic-ref HEAD refs/heads/alias")
      }
    ),
    ("gitfile", { try $0.shell("mv .git ../moved; printf 'gitdir: ../moved\\n' >.git") }),
    ("link", { try $0.shell("mv .git ../moved; ln -s ../moved .git") }),
    (
      "wide characters",
      {
        try $0.shell(
          "printf '\\357\\273\\277[a]\\n\\tb = c\\n' >.git/config.new; cat .git/config >>.git/config.new; mv .git/config.new .git/config"
        )
      }
    ),
  ]

  private func facts(_ change: (Scratch) throws -> Void) throws -> (
    plain: RepositoryInfo?, whole: RepositoryInfo
  ) {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    try change(scratch)
    let settings = try #require(SharedConfiguration())
    return (
      RepositoryInfo.plain(at: directory, readingHistory: true, settings: settings),
      try RepositoryInfo.read(at: directory, readingHistory: true)
    )
  }

  @Test(arguments: ordinary.indices) func whatIsReadByHandIsWhatTheLibraryReads(_ index: Int) throws {
    let (name, change) = Self.ordinary[index]
    let (plain, whole) = try facts(change)
    #expect(plain != nil, "\(name)")
    #expect(plain == whole, "\(name)")
  }

  @Test(arguments: others.indices) func whatIsOutOfTheOrdinaryIsLeftToTheLibrary(_ index: Int) throws {
    let (name, change) = Self.others[index]
    #expect(try facts(change).plain == nil, "\(name)")
  }

  @Test func whatIsDamagedOrNoneIsLeftToTheLibrary() throws {
    let settings = try #require(SharedConfiguration())
    for harm in [
      "rm .git/HEAD", "printf 'garbage\\n' >.git/HEAD", ": >.git/refs/heads/main", "rm -r .git/objects",
      "printf '[core\\n' >.git/config", ": >.git/config", "printf 'x = y\\n' >.git/config", "rm -r .git",
      "f=.git/objects/$(git rev-parse HEAD | sed 's|..|&/|'); chmod +w $f; head -c 30 $f >x; cp x $f",
      "f=.git/objects/$(git rev-parse HEAD | sed 's|..|&/|'); t=$(git rev-parse HEAD^{tree} | sed 's|..|&/|'); "
        + "rm $f; cp .git/objects/$t $f",
      "git config core.repositoryFormatVersion 1", "git config extensions.worktreeConfig true",
    ] {
      let scratch = try Scratch()
      let directory = try scratch.repository("r")
      try scratch.shell(harm)
      #expect(
        RepositoryInfo.plain(at: directory, readingHistory: true, settings: settings) == nil, "\(harm)")
    }
  }

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
