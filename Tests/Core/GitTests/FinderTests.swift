import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

@Suite struct FinderTests {
  /// What is found below the scratch directory, relative to it and sorted; and the warnings.
  func search(
    _ scratch: Scratch, _ change: (inout RepositoryFinder) -> Void = { _ in }
  ) throws -> (found: [String], warnings: [RepositoryFinder.Warning]) {
    var finder = RepositoryFinder()
    change(&finder)
    var found: [String] = []
    var warnings: [RepositoryFinder.Warning] = []
    try finder.search(scratch.path) { repository in
      found.append(String(repository.path.text.dropFirst(scratch.path.text.count + 1)))
    } warning: {
      warnings.append($0)
    }
    return (found.sorted(), warnings)
  }

  /// A main repository with one nested, a submodule, a linked worktree inside and one outside, and a bare one.
  func zoo() throws -> Scratch {
    let scratch = try Scratch()
    _ = try scratch.repository("lib")
    _ = try scratch.repository("a/main")
    try scratch.git(
      "-c", "protocol.file.allow=always", "submodule", "-q", "add", "../../lib", "sub", at: "a/main")
    try scratch.git("worktree", "add", "-q", "../linked", at: "a/main")
    try scratch.git("worktree", "add", "-q", ".trees/inner", at: "a/main")
    _ = try scratch.repository("a/main/vendor/nested")
    _ = try scratch.bare("b.git")
    try scratch.git("init", "-q", "--bare", "a/main/inner.git")
    return scratch
  }

  @Test func findsWhatIsAskedForAndNothingElse() throws {
    let scratch = try zoo()
    let plain = ["a/main", "lib"]
    #expect(try search(scratch).found == plain)
    #expect(try search(scratch) { $0.bare = true }.found == ["a/main", "b.git", "lib"])
    #expect(try search(scratch) { $0.nested = true }.found == ["a/main", "a/main/vendor/nested", "lib"])
    #expect(try search(scratch) { $0.submodules = true }.found == ["a/main", "a/main/sub", "lib"])
    #expect(
      try search(scratch) { $0.worktrees = true }.found
        == ["a/linked", "a/main", "a/main/.trees/inner", "lib"])
    let all = try search(scratch) {
      $0.bare = true
      $0.nested = true
      $0.submodules = true
      $0.worktrees = true
    }
    #expect(
      all.found == [
        "a/linked", "a/main", "a/main/.trees/inner", "a/main/inner.git", "a/main/sub", "a/main/vendor/nested",
        "b.git", "lib",
      ])
    #expect(all.warnings.isEmpty)
  }

  @Test func depthAndExclusion() throws {
    let scratch = try Scratch()
    for name in ["r", "x/r", "x/y/r", "x/node_modules/r", "keep/y/r"] {
      _ = try scratch.repository(name, commits: 0)
    }
    #expect(try search(scratch) { $0.maximumDepth = 0 }.found == [])
    #expect(try search(scratch) { $0.maximumDepth = 1 }.found == ["r"])
    #expect(try search(scratch) { $0.maximumDepth = 2 }.found == ["r", "x/r"])
    #expect(
      try search(scratch) { $0.excluded = ["node_*"] }.found == ["keep/y/r", "r", "x/r", "x/y/r"])
    #expect(try search(scratch) { $0.excluded = ["x/y", "keep"] }.found == ["r", "x/node_modules/r", "x/r"])
    #expect(try search(scratch) { $0.excluded = ["*/y/*"] }.found == ["r", "x/node_modules/r", "x/r"])
  }

  @Test func theRootItselfMayBeOneAndMayBeALink() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    let link = scratch.path.appending("link")
    try Files.makeLink(link, to: directory)
    var found: [FilePath] = []
    try RepositoryFinder().search(link) {
      found.append($0.path)
    } warning: { _ in
    }
    #expect(found == [directory])
    // Below the root links are not followed.
    #expect(try search(scratch).found == ["r"])
  }

  @Test func aRootThatIsNoneIsAnError() throws {
    let scratch = try Scratch()
    try scratch.write("file")
    #expect(
      kindOfFailure {
        try RepositoryFinder().search(scratch.path.appending("gone")) { _ in
        } warning: { _ in
        }
      }
        == .notFound)
    #expect(
      kindOfFailure {
        try RepositoryFinder().search(scratch.path.appending("file")) { _ in
        } warning: { _ in
        }
      }
        == .notFound)
  }

  @Test func namesBrokenOnesAndGoesOn() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("ok")
    try scratch.write("dangling/.git", "gitdir: ../gone\n")
    try scratch.write("nonsense/.git", "hello")
    try scratch.write("hollow/.git/HEAD", "ref: refs/heads/main\n")
    _ = try scratch.repository("hollow/inner")
    try scratch.write("head/.git/HEAD", "nonsense")
    try Files.makeDirectory(scratch.path.pushing("head/.git/objects"))
    try Files.makeDirectory(scratch.path.pushing("head/.git/refs"))
    let result = try search(scratch)
    #expect(result.found == ["hollow/inner", "ok"])
    #expect(
      result.warnings.map { $0.path.lastComponent?.string }.sorted { ($0 ?? "") < ($1 ?? "") }
        == ["dangling", "head", "hollow", "nonsense"])
    for warning in result.warnings {
      #expect(warning.message.contains(warning.path.appending(".git").text))
      #expect(!warning.isIncomplete)
    }
  }

  @Test func aBareRepositoryBesideItsWorktreesIsFoundByTheDirectoryAroundThem() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("origin")
    try scratch.git("clone", "-q", "--bare", "origin", "hub/.bare")
    try scratch.write("hub/.git", "gitdir: ./.bare\n")
    try scratch.git("worktree", "add", "-q", "tree", at: "hub")
    #expect(try search(scratch).found == ["hub", "origin"])
    #expect(try search(scratch) { $0.bare = true }.found == ["hub", "origin"])
    #expect(try search(scratch) { $0.worktrees = true }.found == ["hub", "hub/tree", "origin"])
  }

  @Test func separateGitDirectoriesAreNotBareOnes() throws {
    let scratch = try Scratch()
    try scratch.git("init", "-q", "--separate-git-dir=store", "tree")
    #expect(try search(scratch) { $0.bare = true }.found == ["tree"])
  }

  @Test func hostileNamesComeThrough() throws {
    let scratch = try Scratch()
    for name in ["a\nb", "-rf", "\u{10FFE9}", "é'\"$x"] { try scratch.git("init", "-q", "--", name) }
    #expect(try search(scratch).found == ["-rf", "a\nb", "é'\"$x", "\u{10FFE9}"].sorted())
  }

  @Test func whatTheCallerThrowsEndsTheSearch() throws {
    struct Stop: Error {}
    let scratch = try Scratch()
    for number in 0..<100 { try scratch.write("r\(number)/.git", "nonsense") }
    #expect(throws: Stop.self) {
      try RepositoryFinder().search(scratch.path) { _ in
      } warning: { _ in
        throw Stop()
      }
    }
  }

  @Test func twoThreadsFindEachOnce() throws {
    let scratch = try Scratch()
    var expected: [String] = []
    for a in 0..<12 {
      for b in 0..<12 {
        let name = "d\(a)/e\(b)/r"
        try scratch.write("\(name)/.git/HEAD", "ref: refs/heads/main\n")
        for folder in ["objects", "refs"] {
          try Files.makeDirectory(scratch.path.pushing(FilePath("\(name)/.git/\(folder)")))
        }
        expected.append(name)
      }
    }
    for _ in 0..<10 { #expect(try search(scratch).found == expected.sorted()) }
  }
}
