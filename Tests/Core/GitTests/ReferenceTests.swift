import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

@Suite struct ReferenceTests {
  /// A bare repository with a line of commits: `(directory, oldest first)`.
  func history(_ scratch: Scratch, _ count: Int = 3) throws -> (FilePath, [ObjectID]) {
    let directory = try scratch.bare()
    let repository = try Repository.open(directory)
    var commits: [ObjectID] = []
    for number in 0..<count {
      commits.append(
        try repository.withBatch { repository in
          try repository.writeCommit(
            tree: repository.writeTree([]), parents: commits.suffix(1), author: signature,
            committer: signature,
            message: "\(number)\n")
        })
    }
    return (directory, commits)
  }

  @Test func movesByCompareAndSwapOnly() throws {
    let scratch = try Scratch()
    let (directory, commits) = try history(scratch)
    let repository = try Repository.open(directory)
    let main = "refs/heads/main"
    #expect(try repository.reference(main) == nil)
    #expect(try repository.reference("HEAD") == nil)
    #expect(try repository.symbolicTarget(of: "HEAD") == main)
    // Not there, though expected to be.
    #expect(
      kindOfFailure {
        try repository.updateReference(main, to: commits[1], expecting: commits[0], message: "")
      }
        == .modified)
    try repository.updateReference(main, to: commits[0], expecting: nil, message: "first")
    #expect(try repository.reference("HEAD") == commits[0])
    #expect(try repository.previousValue(of: main) == nil)
    // There, though expected not to be; there with another value.
    #expect(
      kindOfFailure { try repository.updateReference(main, to: commits[1], expecting: nil, message: "") }
        == .modified)
    #expect(
      kindOfFailure {
        try repository.updateReference(main, to: commits[2], expecting: commits[1], message: "")
      }
        == .modified)
    #expect(try repository.reference(main) == commits[0])
    try repository.updateReference(main, to: commits[1], expecting: commits[0], message: "second: ü")
    #expect(try repository.previousValue(of: main) == commits[0])
    #expect(try scratch.git("reflog", "-1", "--format=%gs", "main", at: "bare") == "second: ü")
    #expect(try scratch.git("rev-parse", "main", at: "bare") == commits[1].hex)
  }

  @Test func aForeignLockIsToldApart() throws {
    let scratch = try Scratch()
    let (directory, commits) = try history(scratch)
    let repository = try Repository.open(directory)
    try repository.updateReference("refs/heads/main", to: commits[0], expecting: nil, message: "")
    try scratch.write("bare/refs/heads/main.lock")
    do {
      try repository.updateReference("refs/heads/main", to: commits[1], expecting: commits[0], message: "")
      Issue.record("moved in spite of the lock")
    } catch {
      #expect(error.isLocked)
      #expect(error.message.hasPrefix("moving the ref refs/heads/main failed: "))
    }
    #expect(try repository.reference("refs/heads/main") == commits[0])
  }

  @Test func deletesOnlyWhatIsExpected() throws {
    let scratch = try Scratch()
    let (directory, commits) = try history(scratch)
    let repository = try Repository.open(directory)
    try repository.updateReference("refs/remotes/o/main", to: commits[0], expecting: nil, message: "")
    #expect(
      kindOfFailure { try repository.deleteReference("refs/remotes/o/main", expecting: commits[1]) }
        == .modified)
    try repository.deleteReference("refs/remotes/o/main", expecting: commits[0])
    #expect(try repository.reference("refs/remotes/o/main") == nil)
    #expect(
      kindOfFailure { try repository.deleteReference("refs/remotes/o/main", expecting: commits[0]) }
        == .modified)
  }

  @Test func listsByPrefix() throws {
    let scratch = try Scratch()
    let (directory, commits) = try history(scratch)
    let repository = try Repository.open(directory)
    for (name, commit) in [
      ("heads/main", 0), ("remotes/b/main", 1), ("remotes/a/main", 2), ("remotes/ab/x", 0),
    ] {
      try repository.updateReference("refs/\(name)", to: commits[commit], expecting: nil, message: "")
    }
    try scratch.git("symbolic-ref", "refs/remotes/a/HEAD", "refs/remotes/a/main", at: "bare")
    try scratch.git("symbolic-ref", "refs/remotes/b/HEAD", "refs/remotes/b/gone", at: "bare")
    try scratch.git("pack-refs", "--all", at: "bare")
    #expect(
      try repository.references(withPrefix: "refs/remotes/a/").map(\.name)
        == ["refs/remotes/a/HEAD", "refs/remotes/a/main"])
    #expect(
      try repository.references(withPrefix: "refs/remotes/").map(\.target)
        == [commits[2], commits[2], commits[0], commits[1]])
  }

  @Test(arguments: ["main", "refs/heads/a b", "refs/heads/..", "refs/heads/x.lock", "refs/heads/a\0b", "-x"])
  func refusesNamesThatAreNone(name: String) throws {
    let scratch = try Scratch()
    let (directory, commits) = try history(scratch)
    let repository = try Repository.open(directory)
    #expect(
      kindOfFailure { try repository.updateReference(name, to: commits[0], expecting: nil, message: "") }
        == .invalid)
  }

  @Test func knowsHistory() throws {
    let scratch = try Scratch()
    let (directory, commits) = try history(scratch)
    let repository = try Repository.open(directory)
    let other = try repository.withBatch { repository in
      try repository.writeCommit(
        tree: repository.writeTree([]), parents: [], author: signature, committer: signature, message: "other"
      )
    }
    let side = try repository.withBatch { repository in
      try repository.writeCommit(
        tree: repository.writeTree([]), parents: [commits[1]], author: signature, committer: signature,
        message: "side")
    }
    #expect(try repository.mergeBase(commits[2], side) == commits[1])
    #expect(try repository.mergeBase(commits[2], other) == nil)
    #expect(try repository.mergeBases(commits[2], other) == [])
    let crossed = try repository.withBatch { repository in
      try [[commits[2], side], [side, commits[2]]].map { parents in
        try repository.writeCommit(
          tree: repository.writeTree([]), parents: parents, author: signature, committer: signature,
          message: "merge")
      }
    }
    #expect(try Set(repository.mergeBases(crossed[0], crossed[1])) == [commits[2], side])
    #expect(try repository.isAncestor(commits[0], of: commits[2]))
    #expect(try repository.isAncestor(commits[0], of: commits[0]))
    #expect(try !repository.isAncestor(commits[2], of: commits[0]))
    #expect(try !repository.isAncestor(other, of: commits[2]))
  }

  @Test func readsRevisionsAsGitDoes() throws {
    let scratch = try Scratch()
    let (directory, commits) = try history(scratch)
    let repository = try Repository.open(directory)
    let main = "refs/heads/main"
    try repository.updateReference(main, to: commits[1], expecting: nil, message: "")
    try repository.updateReference(main, to: commits[2], expecting: commits[1], message: "")
    let expected: [(String, ObjectID?)] = [
      ("main", commits[2]), ("HEAD", commits[2]), (main, commits[2]), ("main~1", commits[1]),
      ("main^", commits[1]),
      ("main~2", commits[0]), ("main~3", nil), ("main@{1}", commits[1]), ("main@{7}", nil),
      (commits[0].hex, commits[0]), (String(commits[0].hex.prefix(10)), commits[0]), ("nothing", nil),
      ("", nil),
      (String(repeating: "1", count: 40), nil), ("main^{tree}", nil), ("a..b..", nil), ("-x", nil),
    ]
    for (text, commit) in expected {
      #expect(try repository.revparse(text) == commit, "\(text)")
    }
  }
}
