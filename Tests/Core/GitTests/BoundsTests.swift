import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

@Suite(.timeLimit(.minutes(10))) struct BoundsTests {
  private func pipe(_ path: FilePath) throws {
    Files.remove(path)
    try SystemPrograms.makePipe(path)
  }

  private func grow(_ path: FilePath) throws {
    try Files.setMode(of: path, to: 0o600)
    try SystemPrograms.grow(path, to: 3 << 30)
  }

  @Test(arguments: [
    "HEAD", "config", "packed-refs", "refs/heads/main", "commondir", "gitdir", "config.worktree",
  ])
  func aPipeInThePlaceOfAFileIsRefusedByName(_ name: String) throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    try pipe(directory.appending(".git").pushing(FilePath(name)))
    #expect(
      performing: { _ = try RepositoryInfo.read(at: directory) },
      throws: { error in
        let error = error as? GitError
        return error?.kind == .damaged && error?.message.contains(name) ?? false
      })
  }

  @Test(arguments: ["config", "packed-refs", "refs/heads/main", "commondir", "shallow"])
  func aFileThatIsLargerThanAnyIsRefusedByName(_ name: String) throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    let file = directory.appending(".git").pushing(FilePath(name))
    if Files.kind(of: file) == nil { try scratch.write("r/.git/" + name) }
    try grow(file)
    #expect(
      performing: { _ = try RepositoryInfo.read(at: directory) },
      throws: { error in
        let error = error as? GitError
        return error?.kind == .tooLarge && error?.message.contains(name) ?? false
      })
  }

  @Test(arguments: ["info/commit-graph", "pack/multi-pack-index", "pack/pack-1.idx", "info/alternates"])
  func oneAmongTheObjectsKeepsOnlyTheHistoryFromBeingRead(_ name: String) throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r", commits: 2)
    try pipe(directory.pushing(".git/objects").pushing(FilePath(name)))
    let facts = try RepositoryInfo.read(at: directory, readingHistory: true)
    #expect(facts.currentBranch == "main")
    #expect(
      performing: { try facts.firstCommit() }, throws: { ($0 as? GitError)?.message.contains(name) ?? false })
  }

  @Test func anIndexIsCheckedBeforeItIsRead() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    let facts = try RepositoryInfo.read(at: directory)
    try scratch.write("r/.git/index")
    try grow(directory.pushing(".git/index"))
    #expect(
      performing: { try facts.trackedPaths(named: "x") }, throws: { ($0 as? GitError)?.kind == .tooLarge })
    try pipe(directory.pushing(".git/index"))
    #expect(
      performing: { try facts.trackedPaths(named: "x") }, throws: { ($0 as? GitError)?.kind == .damaged })
  }

  @Test(arguments: [
    ("[include]\npath=a", ["a"]), ("[Include] Path = a b # c", ["a b"]),
    ("[include]\n\tpath = \"a # b\"", ["a # b"]),
    ("[includeIf \"gitdir:]x\"]\npath = a\npath = b", ["a", "b"]), ("[include]\npath = a\\\nb", ["ab"]),
    ("[core]\npath = a", []), ("[include]\n# path = a\nother = b", []), ("[include", []), ("", []),
    ("path = a", []),
    ("\u{FEFF}[include]\r\npath = a\r\n", ["a"]),
  ])
  func whatAConfigurationIncludes(_ text: String, _ expected: [String]) {
    #expect(
      IncludedFiles.values(in: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test(arguments: [
    "[core]\n\tworktree = /a", "[core]\nworktree=\"/a # b\" ; c", "[core] worktree = /a b  # c",
    "[CORE]\nWorkTree = /a",
    "[core \"x\"]\nworktree = /no", "[other]\nworktree = /no\n[core]\nworktree = /a\n[core]\nbare = false\n",
    "[core]\nworktree = /a\nworktree = /b", "[core]\nworktree = /a\\\nb",
    "[core]\nworktree = \"/a\\tb\\\\c\\\"d \"",
    "[core]\n# worktree = /no\n", "[core]\nworktrees = /no", "\u{FEFF}[core]\r\nworktree = /a\r\n",
  ])
  func aSettingIsToldWithoutALibraryAsGitTellsIt(_ text: String) throws {
    let scratch = try Scratch()
    try scratch.write("config", text)
    let told = ConfigurationText.values(of: "worktree", in: Array(text.utf8)) { name, hasSubsection in
      name == Array("core".utf8) && !hasSubsection
    }
    let git = try scratch.shell("git config --file config --get core.worktree || :", at: "")
    #expect(told.last.map { $0.map { String(decoding: $0, as: UTF8.self) } ?? "" } ?? "" == git)
  }

  @Test func theFirstCommitOfAHistoryThatIsWalkedInParts() throws {
    let scratch = try Scratch()
    try scratch.git("init", "-q", "-b", "main", "r")
    var stream = ""
    for number in 1...70_000 {
      stream +=
        "commit refs/heads/main\nmark :\(number)\ncommitter A <a@b> \(1_600_000_000 + number) +0000\ndata 0\n"
      if number > 1 { stream += "from :\(number - 1)\n" }
    }
    try scratch.git("fast-import", "--quiet", at: "r", input: stream)
    let facts = try RepositoryInfo.read(at: scratch.path.appending("r"), readingHistory: true)
    #expect(try facts.firstCommit()?.id == scratch.git("rev-list", "--max-parents=0", "HEAD", at: "r"))
    #expect(try facts.firstCommit()?.time == 1_600_000_001)
    // By the commit-graph as well.
    try scratch.git("commit-graph", "write", "--reachable", at: "r")
    let again = try RepositoryInfo.read(at: scratch.path.appending("r"), readingHistory: true)
    #expect(try again.firstCommit() == facts.firstCommit())
  }

  @Test func anObjectIsNotLoadedWhereItIsLargerThanItsKindMayBe() throws {
    let scratch = try Scratch()
    let bare = try scratch.bare()
    let large = try #require(
      ObjectID(
        hex: scratch.git(
          "hash-object", "-w", "-t", "commit", "--stdin", "--literally", at: "bare",
          input: "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n" + String(repeating: "x", count: 5 << 20))))
    for packed in [false, true] {
      if packed {
        try scratch.git("update-ref", "refs/heads/main", large.hex, at: "bare")
        try scratch.shell(
          "echo \(large.hex) | git pack-objects -q objects/pack/pack && git prune-packed", at: "bare")
      }
      let repository = try Repository.open(bare)
      #expect(
        try repository.header(of: large)?.size == 5 << 20 + 46
          || repository.header(of: large)?.kind == .commit)
      #expect(
        performing: { try repository.commit(large) }, throws: { "\($0)".contains("more than the 4194304") })
    }
  }
}
