import Git
import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct WorkTreeClaimTests {
  /// What speaks against the repository that is found at a directory of the scratch directory.
  private func objection(_ scratch: Scratch, _ directory: FilePath) throws -> WorkTreeClaim.Objection? {
    let facts = try RepositoryInfo.read(at: scratch.path.pushing(directory))
    let workTree = try #require(facts.workTree)
    return WorkTreeClaim.objection(workTree: workTree, gitDirectory: facts.gitDirectory)
  }

  @Test func whatGitMakesIsItsOwn() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("one")
    try scratch.git("worktree", "add", "-q", "../tree", at: "one")
    try scratch.git("init", "-q", "--separate-git-dir=store", "apart")
    _ = try scratch.repository("part")
    try scratch.git(
      "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../part", "m", at: "one")
    try scratch.git("clone", "-q", "--bare", "one", "hub/.bare")
    try scratch.git("worktree", "add", "-q", "../tree", at: "hub/.bare")
    try scratch.git("config", "core.worktree", scratch.path.appending("part").string, at: "part")
    for place: FilePath in ["one", "tree", "apart", "one/m", "hub/tree", "part"] {
      #expect(try objection(scratch, place) == nil, "\(place)")
    }
  }

  @Test func whatLeadsToAnothersIsNot() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("one")
    try scratch.git("worktree", "add", "-q", "../tree", at: "one")
    // What leads to a linked worktree's directory is the search's to refuse: libgit2 takes the tree that this one names.
    try scratch.write("a/.git", "gitdir: \(scratch.path.pushing("one/.git").string)\n")
    try Files.makeDirectory(scratch.path.appending("c"))
    _ = try scratch.shell("ln -s ../one/.git .git", at: "c")
    _ = try scratch.repository("d")
    try scratch.git("config", "core.worktree", "../../one", at: "d")
    for place: FilePath in ["a", "c", "d"] {
      let objection = try #require(try objection(scratch, place), "\(place)")
      #expect(objection.sentence.contains(scratch.path.appending("one").string), "\(objection)")
    }
    #expect(try objection(scratch, "one") == nil)
  }
}
