import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

@Suite struct FactsTests {
  @Test func anOrdinaryRepository() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r", commits: 3)
    try Files.makeDirectory(directory.appending("sub"))
    try scratch.git("remote", "add", "origin", "gh:o/n", at: "r")
    try scratch.git("remote", "add", "other.name", "https://x/y", at: "r")
    try scratch.git("remote", "set-url", "--add", "origin", "second", at: "r")
    try scratch.git("config", "url.https://github.com/.insteadOf", "gh:", at: "r")
    try scratch.git("config", "url.https://github.com/special/.insteadOf", "gh:o/", at: "r")
    try scratch.git("config", "branch.main.remote", "other.name", at: "r")
    try scratch.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk", at: "r")
    for place in [directory, directory.appending("sub"), directory.appending(".git")] {
      let facts = try RepositoryInfo.read(at: place)
      #expect(facts.kind == .main)
      #expect(facts.workTree == directory)
      #expect(facts.mainWorkTree == directory)
      #expect(facts.gitDirectory == directory.appending(".git"))
      #expect(facts.commonDirectory == facts.gitDirectory)
      #expect(facts.remotes.map(\.name) == ["origin", "other.name"])
      #expect(facts.remotes.map(\.url) == ["gh:o/n", "https://x/y"])
      #expect(facts.primaryRemote?.name == "origin")
      #expect(facts.currentBranch == "main")
      #expect(facts.currentBranchRemote == "other.name")
      #expect(facts.defaultBranch == "trunk")
      #expect(facts.rewritten("gh:o/n") == "https://github.com/special/n")
      #expect(facts.rewritten("gh:p/n") == "https://github.com/p/n")
      #expect(facts.rewritten("https://x") == "https://x")
      #expect(!facts.isShallow && !facts.isSubmodule)
      #expect(try facts.headCommit?.hex == scratch.git("rev-parse", "HEAD", at: "r"))
      #expect(try facts.rootCommit() == scratch.git("rev-parse", "HEAD~2", at: "r"))
    }
  }

  @Test func theRemoteThatCounts() {
    let all = ["a", "b", "origin"].map { RepositoryInfo.Remote(name: $0, url: "") }
    let two = Array(all.prefix(2))
    func primary(_ remotes: [RepositoryInfo.Remote], _ name: String?, _ upstream: String?) -> String? {
      RemoteSettings.primary(of: remotes, defaultName: name, currentBranchRemote: upstream)?.name
    }
    #expect(primary(all, "a", "b") == "a")
    #expect(primary(all, "gone", "b") == "origin")
    #expect(primary(two, nil, "b") == "b")
    #expect(primary(two, nil, nil) == nil)
    #expect(primary([two[1]], nil, nil) == "b")
    #expect(primary([], "a", "b") == nil)
  }

  @Test func unbornDetachedAndShallow() throws {
    let scratch = try Scratch()
    try scratch.git("init", "-q", "-b", "trunk", "new")
    let new = try RepositoryInfo.read(at: scratch.path.appending("new"))
    #expect(new.headCommit == nil)
    #expect(new.defaultBranch == "trunk")
    #expect(try new.rootCommit() == nil)
    #expect(try new.trackedPaths(named: "x") == [])

    let full = try scratch.repository("full", commits: 3)
    try scratch.git("checkout", "-q", "--detach", at: "full")
    let detached = try RepositoryInfo.read(at: full)
    #expect(detached.currentBranch == nil)
    #expect(detached.headCommit != nil)
    #expect(try detached.rootCommit() != nil)

    try scratch.git("clone", "-q", "--depth=1", "file://\(full.text)", "shallow")
    let shallow = try RepositoryInfo.read(at: scratch.path.appending("shallow"))
    #expect(shallow.isShallow)
    #expect(try shallow.rootCommit() == nil)
  }

  @Test func theRootIsThatOfTheFirstParents() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("r", commits: 2)
    let root = try scratch.git("rev-parse", "HEAD~1", at: "r")
    try scratch.git("checkout", "-q", "--orphan", "side", at: "r")
    try scratch.git("commit", "-q", "--allow-empty", "-m", "older root", at: "r")
    try scratch.git("checkout", "-q", "main", at: "r")
    try scratch.git("merge", "-q", "--allow-unrelated-histories", "-m", "m", "side", at: "r")
    #expect(try RepositoryInfo.read(at: scratch.path.appending("r")).rootCommit() == root)
  }

  @Test func linkedWorktreesAndBareOnes() throws {
    let scratch = try Scratch()
    let main = try scratch.repository("r")
    try scratch.git("worktree", "add", "-q", "../w", at: "r")
    let linked = try RepositoryInfo.read(at: scratch.path.appending("w"))
    #expect(linked.kind == .worktree)
    #expect(linked.workTree == scratch.path.appending("w"))
    #expect(linked.mainWorkTree == main)
    #expect(linked.commonDirectory == main.appending(".git"))
    #expect(linked.gitDirectory == main.pushing(".git/worktrees/w"))
    #expect(linked.currentBranch == "w")
    #expect(try linked.rootCommit() == scratch.git("rev-parse", "main", at: "r"))

    try scratch.git("clone", "-q", "--bare", "r", "b.git")
    let bare = try RepositoryInfo.read(at: scratch.path.appending("b.git"))
    #expect(bare.kind == .bare)
    #expect(bare.workTree == nil && bare.mainWorkTree == nil)
    try scratch.git("worktree", "add", "-q", "../bw", at: "b.git")
    let ofBare = try RepositoryInfo.read(at: scratch.path.appending("bw"))
    #expect(ofBare.kind == .worktree)
    #expect(ofBare.mainWorkTree == nil)
  }

  @Test func submodulesAndSeparateGitDirectories() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("lib")
    _ = try scratch.repository("super")
    try scratch.git(
      "-c", "protocol.file.allow=always", "submodule", "-q", "add", "../lib", "deep/lib", at: "super")
    let facts = try RepositoryInfo.read(at: scratch.path.pushing("super/deep/lib"))
    #expect(facts.isSubmodule)
    #expect(facts.kind == .main)
    #expect(facts.workTree == scratch.path.pushing("super/deep/lib"))
    try scratch.git("init", "-q", "--separate-git-dir=store.git", "tree")
    let separate = try RepositoryInfo.read(at: scratch.path.appending("tree"))
    #expect(!separate.isSubmodule)
    #expect(separate.gitDirectory == scratch.path.appending("store.git"))
    #expect(separate.workTree == scratch.path.appending("tree"))
  }

  @Test func aWorkTreeElsewhereAndLinksAreResolved() throws {
    let scratch = try Scratch()
    let real = try scratch.repository("real")
    try Files.makeDirectory(scratch.path.appending("files"))
    try scratch.git("config", "core.worktree", "../../files", at: "real")
    // By the word of a git directory alone no directory becomes its work tree.
    let apart = try RepositoryInfo.read(at: real.appending(".git"))
    #expect(apart.workTree == nil && apart.kind == .bare)
    try scratch.write("files/.git", "gitdir: ../real/.git\n")
    #expect(try RepositoryInfo.read(at: real.appending(".git")).workTree == scratch.path.appending("files"))
    let other = try scratch.repository("other")
    try Files.makeLink(scratch.path.appending("link"), to: other)
    #expect(try RepositoryInfo.read(at: scratch.path.appending("link")).workTree == other)
  }

  @Test(arguments: ["worktreeConfig", "partialClone", "sha256"])
  func whatLibgit2RefusesIsAskedOfGit(format: String) throws {
    let scratch = try Scratch()
    if format == "sha256" {
      try scratch.git("init", "-q", "-b", "main", "--object-format=sha256", "r")
      for number in 0..<2 { try scratch.git("commit", "-q", "--allow-empty", "-m", "\(number)", at: "r") }
    } else {
      _ = try scratch.repository("r", commits: 2)
    }
    try scratch.write("r/sub/.dev-infra.yml")
    try scratch.git("add", ".", at: "r")
    let root = try scratch.git("rev-parse", "HEAD~1", at: "r")
    try scratch.git("remote", "add", "origin", "https://x/y", at: "r")
    try scratch.git("config", "url.https://z/.insteadOf", "https://x/", at: "r")
    try scratch.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk", at: "r")
    let directory = scratch.path.appending("r")
    if format != "sha256" {
      try scratch.git("config", "core.repositoryFormatVersion", "1", at: "r")
      try scratch.git("config", "extensions.\(format)", format == "partialClone" ? "origin" : "true", at: "r")
    }
    let facts = try RepositoryInfo.read(at: directory)
    #expect(facts.needsProgram)
    #expect(facts.kind == .main)
    #expect(facts.workTree == directory)
    #expect(facts.gitDirectory == directory.appending(".git"))
    #expect(facts.commonDirectory == facts.gitDirectory)
    #expect(facts.primaryRemote?.url == "https://x/y")
    #expect(facts.rewritten("https://x/y") == "https://z/y")
    #expect(facts.currentBranch == "main")
    #expect(facts.defaultBranch == "trunk")
    #expect((facts.headCommit == nil) == (format == "sha256"))
    #expect(try facts.rootCommit() == root)
    #expect(try facts.trackedPaths(named: ".dev-infra.yml") == [FilePath("sub")])
  }

  @Test func whatGitRefusesAsWellIsAnErrorInItsWords() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    try scratch.git("config", "core.repositoryFormatVersion", "1", at: "r")
    try scratch.git("config", "extensions.fromTheFuture", "true", at: "r")
    do throws(GitError) {
      _ = try RepositoryInfo.read(at: directory)
      Issue.record("read")
    } catch {
      #expect(error.kind == .unsupportedExtension)
      #expect(error.reason.contains("unknown repository extension found"))
    }
  }

  @Test func tracksBelowTheRootAndByTheIndexOnly() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    for name in ["", "a/", "a/b/", "c d\n/", "untracked/"] {
      try scratch.write("r/\(name).dev-infra.yml", "x: 1\n")
    }
    try scratch.write("r/a/x.dev-infra.yml")
    try scratch.git("add", ".", at: "r")
    try scratch.git("rm", "-q", "--cached", "untracked/.dev-infra.yml", at: "r")
    let expected = ["a", "a/b", "c d\n"].map { FilePath($0) }
    let facts = try RepositoryInfo.read(at: directory)
    #expect(try facts.trackedPaths(named: ".dev-infra.yml") == expected)
    try scratch.git("update-index", "--split-index", at: "r")
    #expect(try facts.trackedPaths(named: ".dev-infra.yml") == expected)
    try scratch.git("update-index", "--no-split-index", "--index-version=4", at: "r")
    #expect(try facts.trackedPaths(named: ".dev-infra.yml") == expected)
  }

  @Test func bytesThatAreNotUTF8ComeThrough() throws {
    let scratch = try Scratch()
    let name = FilePath(bytes: scratch.path.bytes + Array("/n".utf8) + [0xE9, 0x0A])
    try scratch.git("init", "-q", name.text)
    try scratch.git("-C", name.text, "config", "remote.o\u{10FFE9}.url", "x\u{10FFE9}")
    let facts = try RepositoryInfo.read(at: name)
    #expect(facts.workTree == name)
    #expect(facts.remotes == [.init(name: "o\u{10FFE9}", url: "x\u{10FFE9}")])
  }
}
