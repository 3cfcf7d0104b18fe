import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

/// libgit2 never returns from some of these files, and neither would a test of its: hence the limits of time, which nothing
/// else here comes near.
@Suite(.timeLimit(.minutes(5))) struct LooseObjectTests {
  /// A repository with a blob, whether deflated by git or stored by this module; gives the blob's file.
  private func repository(_ scratch: Scratch, deflated: Bool) throws -> (
    bare: FilePath, id: ObjectID, file: FilePath
  ) {
    let bare = try scratch.bare()
    let text = (0..<60).map { "all of it or nothing \($0 * $0 % 97)\n" }.joined()
    let id: ObjectID
    if deflated {
      id = try #require(ObjectID(hex: scratch.git("hash-object", "-w", "--stdin", at: "bare", input: text)))
    } else {
      id = try Repository.open(bare).writeBlob(Array(text.utf8))
    }
    let file = bare.appending("objects").appending(String(id.hex.prefix(2))).appending(
      String(id.hex.dropFirst(2)))
    return (bare, id, file)
  }

  /// What reading the object by its name, by the beginning of its name, and its header come to.
  private func reads(_ bare: FilePath, _ id: ObjectID) throws -> [Bool] {
    let repository = try Repository.open(bare)
    return [
      (try? repository.blob(id)) != nil,
      // It is not a commit: where it can be read that is an answer, not a failure.
      kindOfFailure { _ = try repository.revparse(String(id.hex.prefix(8))) } == nil,
      (try? repository.blob(id, limit: 1 << 20)) != nil,
    ]
  }

  @Test(arguments: [true, false]) func anObjectThatIsCutOffAnywhereIsRefused(deflated: Bool) throws {
    let scratch = try Scratch()
    let (bare, id, file) = try repository(scratch, deflated: deflated)
    let whole = try Files.read(file)
    #expect(try reads(bare, id) == [true, true, true])
    for length in Array(0..<64) + Array(stride(from: 64, to: whole.count, by: 13)) + [whole.count - 1] {
      try #require(length < whole.count)
      Files.remove(file)
      try Files.replace(file, with: Array(whole.prefix(length)), durable: false)
      #expect(
        try reads(bare, id) == [false, false, false], "cut off behind \(length) bytes of \(whole.count)")
    }
  }

  @Test(arguments: [true, false]) func anObjectWithAWrongByteIsRefused(deflated: Bool) throws {
    let scratch = try Scratch()
    let (bare, id, file) = try repository(scratch, deflated: deflated)
    let whole = try Files.read(file)
    // Of the second byte some bits are a hint that nobody reads.
    for position in [0] + Array(stride(from: 2, to: whole.count, by: 7)) {
      var broken = whole
      broken[position] ^= 0x15
      try Files.replace(file, with: broken, durable: false)
      #expect(try !reads(bare, id).prefix(2).contains(true), "byte \(position)")
    }
  }

  @Test(arguments: [
    "blob 5\0hello, and more", "blob 50\0hello", "blob -1\0", "blob 99999999999999999999\0", "blob 5 \0hello",
    "blob +5\0hello", "thing 5\0hello", "5\0hello", "\0hello", "blob 5", "",
  ])
  func whatTheHeaderSaysHasToBeThere(_ text: String) {
    #expect(LooseObject(Zlib.stored(Array(text.utf8))) == nil)
  }

  @Test func aStreamThatHoldsMoreThanItSaysIsNotUnpackedWhole() throws {
    let header = Array("blob 10\0".utf8)
    var seen: [Int] = []
    // 64 MB, of which the first part is asked for its header, and nothing more.
    let stored = Zlib.stored(header + [UInt8](repeating: 0, count: 1 << 26))
    let unpacked = Inflation.inflate(Array(stored.prefix(1 << 16))) { start in
      seen.append(start.count)
      return start.starts(with: header) ? header.count + 10 : nil
    }
    #expect(unpacked == nil)
    #expect(seen.count == 1 && seen[0] <= 1 << 17)
    #expect(LooseObject(stored) == nil)
  }

  @Test func whatAnotherRepositoryHasIsReadAsCarefully() throws {
    let scratch = try Scratch()
    let (_, id, file) = try repository(scratch, deflated: true)
    let other = try scratch.bare("borrower")
    try scratch.write("borrower/objects/info/alternates", "# of another\n../../bare/objects\n")
    #expect(try reads(other, id) == [true, true, true])
    let whole = try Files.read(file)
    Files.remove(file)
    try Files.replace(file, with: Array(whole.prefix(30)), durable: false)
    #expect(try reads(other, id) == [false, false, false])
  }

  @Test func anAbbreviationNamesOneObjectOrNone() throws {
    let scratch = try Scratch()
    let bare = try scratch.bare()
    let commit = try scratch.git("commit-tree", "-m", "x", scratch.git("mktree", at: "bare"), at: "bare")
    let repository = try Repository.open(bare)
    #expect(try repository.revparse(String(commit.prefix(7)))?.hex == commit)
    #expect(try repository.revparse(String(commit.prefix(4)) + "^{commit}")?.hex == commit)
    #expect(try repository.revparse(String(commit.prefix(6)) + "0000000") == nil)
    // Another whose name begins alike; that its bytes are another's matters to nobody before it is read.
    let twin = commit.prefix(6) + (commit.dropFirst(6).first == "0" ? "1" : "0") + commit.dropFirst(7)
    try scratch.write("bare/objects/\(commit.prefix(2))/\(twin.dropFirst(2))", "x")
    #expect(kindOfFailure { _ = try repository.revparse(String(commit.prefix(6))) } == .invalid)
    #expect(try repository.revparse(String(commit.prefix(7)))?.hex == commit)
  }

  @Test func aProjectWithADamagedCommitIsToldOf() throws {
    let scratch = try Scratch()
    let project = try scratch.repository("project")
    let head = try scratch.git("rev-parse", "HEAD", at: "project")
    let file = project.pushing(FilePath(".git/objects/\(head.prefix(2))/\(head.dropFirst(2))"))
    let whole = try Files.read(file)
    Files.remove(file)
    try Files.replace(file, with: Array(whole.prefix(20)), durable: false)
    let facts = try RepositoryInfo.read(at: project, readingHistory: true)
    #expect(kindOfFailure { _ = try facts.firstCommit() } == .damaged)
  }
}
