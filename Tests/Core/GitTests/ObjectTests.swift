import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

@Suite struct ObjectTests {
  @Test func anIDIsItsDigits() throws {
    let hex = "0123456789abcdef0123456789abcdef01234567"
    let id = try #require(ObjectID(hex: hex))
    #expect(id.hex == hex)
    #expect(ObjectID(hex: hex.uppercased()) == id)
    #expect(ObjectID(bytes: id.bytes) == id)
    #expect(ObjectID(id.raw) == id)
    for broken in ["", String(hex.dropLast()), hex + "0", "g" + hex.dropFirst(), " " + hex.dropFirst()] {
      #expect(ObjectID(hex: broken) == nil)
    }
    let larger = try #require(ObjectID(hex: "0123456789abcdef0123456789abcdef01234568"))
    #expect(id < larger)
    #expect(ObjectID.zero < id)
  }

  @Test func hashesAsGitDoes() throws {
    let scratch = try Scratch()
    let text = "remote github.com/grimm00/work-prod\n"
    #expect(
      try ObjectID.hash(blob: Array(text.utf8)).hex == scratch.git("hash-object", "--stdin", input: text))
    #expect(try ObjectID.hash(blob: []).hex == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
  }

  /// Writes what a change of a registry writes, and returns the commit.
  func change(_ repository: borrowing Repository, _ count: Int, parents: [ObjectID] = []) throws -> ObjectID {
    var entries: [TreeEntry] = []
    for number in 0..<count {
      let blob = try repository.writeBlob(Array("blob \(number) \(parents.count)\n".utf8))
      entries.append(TreeEntry(name: "f\(number)", mode: TreeEntry.file, id: blob))
    }
    let inner = try repository.writeTree(entries)
    let tree = try repository.writeTree([TreeEntry(name: "d", mode: TreeEntry.directory, id: inner)])
    return try repository.writeCommit(
      tree: tree, parents: parents, author: signature, committer: signature, message: "Change\n\nöde\n")
  }

  @Test(arguments: [ObjectStorage.loose, .pack, .automatic], [0, 1, 7, 150])
  func aBatchIsWhatGitReads(storage: ObjectStorage, count: Int) throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let commit = try repository.withBatch(storage) { repository in
      let commit = try change(repository, count)
      // Readable at once, on disk only behind the batch.
      #expect(try repository.commit(commit).message == "Change\n\nöde\n")
      #expect(try scratch.git("count-objects", "-v", at: "bare").contains("count: 0\n"))
      return commit
    }
    try repository.updateReference("refs/heads/main", to: commit, expecting: nil, message: "test")
    #expect(try scratch.git("fsck", "--strict", "--full", "--no-dangling", at: "bare") == "")
    #expect(
      try scratch.git("log", "--format=%H %an %ae %ad %s", "--date=raw", at: "bare")
        == "\(commit.hex) Müller m@x 1700000000 -0130 Change")
    #expect(
      try scratch.git("ls-tree", "-r", "--name-only", "main", at: "bare").split(separator: "\n").count
        == count)
    let inPacks = !(try scratch.git("count-objects", "-v", at: "bare").contains("packs: 0"))
    #expect(inPacks == (storage == .pack || storage == .automatic && count > 100))
    // And what we read is what we wrote.
    let read = try Repository.open(scratch.path.appending("bare"))
    let entry = try #require(try read.tree(commit).first)
    #expect(try read.tree(entry.id).count == count)
    #expect(try read.commit(commit).author == signature)
  }

  @Test func largeAndEmptyBlobsComeBack() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    for size in [0, 1, 65534, 65535, 65536, 200_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let id = try repository.withBatch(.loose) { try $0.writeBlob(bytes) }
      #expect(try Repository.open(scratch.path.appending("bare")).blob(id) == bytes)
      #expect(try scratch.git("cat-file", "-s", id.hex, at: "bare") == "\(size)")
    }
    #expect(try scratch.git("fsck", "--strict", "--no-dangling", at: "bare") == "")
  }

  @Test func whatIsThereIsNotWrittenAgain() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    _ = try repository.withBatch { try change($0, 3) }
    let before = try scratch.git("count-objects", "-v", at: "bare")
    _ = try repository.withBatch(.pack) { try change($0, 3) }
    _ = try repository.writeBlob(Array("blob 0 0\n".utf8))
    #expect(try scratch.git("count-objects", "-v", at: "bare") == before)
  }

  /// What is in no pack, or is nothing, stands last.
  @Test func placesAreThoseOfThePacks() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let loose = try repository.writeBlob([1])
    let packs = try [200, 3].map { count in
      try repository.withBatch(.pack) { repository in
        try (0..<count).map { try repository.writeBlob(Array("blob \($0) of \(count)\n".utf8)) }
      }
    }
    let packed = packs[0].sorted()
    let places = try repository.placesInPacks(of: [loose, nil] + packed + packs[1] + [packed[7]])
    #expect(places[0] == .max && places[1] == .max)
    let inOrder = packed.indices.sorted { places[2 + $0] < places[2 + $1] }.map { packed[$0] }
    #expect(inOrder == packs[0])
    // The larger one first.
    #expect(places[202..<205].allSatisfy { place in places[2..<202].allSatisfy { $0 < place } })
    #expect(places[205] == places[2 + 7])
  }

  /// An index that is not one only costs time.
  @Test func aPackWithoutAGoodIndexHasNoPlaces() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let packed = try repository.withBatch(.pack) { repository in
      try (0..<200).map { try repository.writeBlob(Array("blob \($0)\n".utf8)) }
    }
    let folder = scratch.path.appending("bare/objects/pack")
    let name = try #require(try Files.names(in: folder).first { $0.suffix(4).elementsEqual(".idx".utf8) })
    let index = folder.pushing(FilePath(bytes: name))
    let good = try Files.read(index)
    var random = SeededGenerator(1)
    for _ in 0..<300 {
      var bytes = good
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
      case 1:
        for _ in 0..<40 {
          bytes[Int.random(in: 0..<1100, using: &random)] = .random(in: 0...255, using: &random)
        }
      default:
        for _ in 0..<40 {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
        }
      }
      Files.remove(index)
      try Files.replace(index, with: bytes)
      #expect(try repository.placesInPacks(of: packed).count == packed.count)
    }
  }

  @Test func anIndexThatSaysPlacesBehindItsPackIsNotBelieved() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let packs = try [200, 3].map { count in
      try repository.withBatch(.pack) { repository in
        try (0..<count).map { try repository.writeBlob(Array("blob \($0) of \(count)\n".utf8)) }
      }
    }
    let folder = scratch.path.appending("bare/objects/pack")
    for name in try Files.names(in: folder) where name.suffix(4).elementsEqual(".idx".utf8) {
      let index = folder.pushing(FilePath(bytes: name))
      var bytes = try Files.read(index)
      // All are longer ones, and the longest that there are.
      let count = (bytes.count - 8 - 1024 - 40) / 28
      for byte in (8 + 1024 + count * 24)..<bytes.count {
        bytes[byte] = byte >= bytes.count - 40 ? 0xFF : (byte - (bytes.count - 40)) % 4 == 0 ? 0x80 : 0
      }
      Files.remove(index)
      try Files.replace(index, with: bytes)
    }
    let places = try repository.placesInPacks(of: packs[0] + packs[1])
    #expect(places.allSatisfy { $0 == .max })
  }

  @Test func whatIsReadAheadIsLookedAtAsWell() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let texts = (0..<20).map { Array("blob \($0)\n".utf8) }
    let ids = try repository.withBatch(.pack) { repository in try texts.map { try repository.writeBlob($0) } }
    let loose = try repository.writeBlob([1])
    let reader = try Repository.open(scratch.path.appending("bare"))
    reader.readAhead(ids + [loose], limit: 100)
    for (id, text) in zip(ids, texts) { #expect(reader.packedBlob(id, limit: 100) == text) }
    #expect(reader.packedBlob(loose, limit: 100) == nil)
    reader.readAhead(ids, limit: 100)
    #expect(reader.packedBlob(ids[0], limit: 3) == nil)
    #expect(reader.packedBlob(ids[0], limit: 100) == texts[0])
  }

  @Test func aFailedBatchWritesNothing() throws {
    struct Stop: Error {}
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    #expect(throws: Stop.self) {
      try repository.withBatch { repository in
        _ = try change(repository, 3)
        throw Stop()
      }
    }
    #expect(try scratch.git("count-objects", at: "bare") == "0 objects, 0 kilobytes")
    // The next batch does not take over what the failed one left in memory.
    let commit = try repository.withBatch { try change($0, 3) }
    try repository.updateReference("refs/heads/main", to: commit, expecting: nil, message: "")
    #expect(try scratch.git("fsck", "--strict", "--no-dangling", at: "bare") == "")
  }

  @Test func whatAFailedBatchReadIsWrittenByTheNext() throws {
    struct Stop: Error {}
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    // Reading puts objects into libgit2's cache, which outlives the batch.
    #expect(throws: Stop.self) {
      try repository.withBatch { repository in
        let commit = try change(repository, 3)
        for id in try repository.tree(commit).map(\.id) + [commit] { _ = try? repository.blob(id) }
        throw Stop()
      }
    }
    let lost = try ObjectID.hash(blob: Array("blob 0 0\n".utf8))
    let isThere = repository.contains(lost)
    #expect(!isThere)
    #expect(
      kindOfFailure { _ = try repository.writeTree([TreeEntry(name: "a", mode: TreeEntry.file, id: lost)]) }
        == .invalid)
    let commit = try repository.withBatch { try change($0, 3) }
    try repository.updateReference("refs/heads/main", to: commit, expecting: nil, message: "")
    #expect(try scratch.git("fsck", "--strict", "--no-dangling", at: "bare") == "")
    #expect(try scratch.git("count-objects", at: "bare").hasPrefix("6 objects"))
  }

  @Test func anOuterBatchKeepsItsObjectsWhenAnInnerFails() throws {
    struct Stop: Error {}
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let commit = try repository.withBatch { repository in
      let commit = try change(repository, 3)
      _ = try? repository.withBatch { _ in throw Stop() }
      return commit
    }
    try repository.updateReference("refs/heads/main", to: commit, expecting: nil, message: "")
    #expect(try scratch.git("fsck", "--strict", "--no-dangling", at: "bare") == "")
  }

  @Test func aBatchInABatchEndsWithTheOuter() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    try repository.withBatch { repository in
      _ = try repository.withBatch { try change($0, 2) }
      #expect(try scratch.git("count-objects", at: "bare") == "0 objects, 0 kilobytes")
      _ = try repository.writeBlob([1])
    }
    #expect(try scratch.git("count-objects", at: "bare").hasPrefix("6 objects"))
  }

  @Test func aStoreThatCannotBeWrittenToIsAnErrorAndLeavesNothing() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    // A file where the object's directory should be: also for root this cannot be written.
    let id = try ObjectID.hash(blob: [1])
    try scratch.write("bare/objects/\(id.hex.prefix(2))")
    #expect(kindOfFailure { _ = try repository.withBatch(.loose) { try $0.writeBlob([1]) } } == .other)
    #expect(try repository.header(of: id) == nil)
  }

  @Test func treesAreSortedAsGitSorts() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let id = try repository.withBatch { repository in
      let blob = try repository.writeBlob([])
      let empty = try repository.writeTree([])
      return try repository.writeTree([
        TreeEntry(name: "a", mode: TreeEntry.directory, id: empty),
        TreeEntry(name: "a.b", mode: TreeEntry.file, id: blob),
        TreeEntry(name: "a0", mode: TreeEntry.file, id: blob),
        TreeEntry(name: [0xFF, 0x0A], mode: TreeEntry.file, id: blob),
        TreeEntry(name: "a-", mode: TreeEntry.file, id: blob),
        TreeEntry(
          name: "ab", mode: 0o160000, id: try #require(ObjectID(hex: String(repeating: "1", count: 40)))),
      ])
    }
    #expect(
      try repository.tree(id).map { String(decoding: $0.name, as: UTF8.self) }
        == ["a-", "a.b", "a", "a0", "ab", "\u{FFFD}\n"])
    #expect(try scratch.git("fsck", "--strict", "--no-dangling", at: "bare") == "")
  }

  @Test(arguments: ["", ".", "..", ".git", ".GIT", "a/b", "a\0"])
  func refusesNamesThatGitWould(name: String) throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let blob = try repository.writeBlob([])
    #expect(
      kindOfFailure { _ = try repository.writeTree([TreeEntry(name: name, mode: TreeEntry.file, id: blob)]) }
        == .invalid)
  }

  @Test func refusesTreesThatAreNotSound() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let blob = try repository.writeBlob([])
    let missing = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    let entry = TreeEntry(name: "a", mode: TreeEntry.file, id: blob)
    #expect(kindOfFailure { _ = try repository.writeTree([entry, entry]) } == .invalid)
    #expect(
      kindOfFailure {
        _ = try repository.writeTree([TreeEntry(name: "a", mode: TreeEntry.file, id: missing)])
      }
        == .invalid)
    #expect(
      kindOfFailure { _ = try repository.writeTree([TreeEntry(name: "a", mode: 0o100600, id: blob)]) }
        == .invalid)
  }

  @Test func refusesACommitOfWhatIsNotThere() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let missing = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    let blob = try repository.writeBlob([])
    for tree in [missing, blob] {
      #expect(
        kindOfFailure {
          _ = try repository.writeCommit(
            tree: tree, parents: [], author: signature, committer: signature, message: "")
        } != nil)
    }
  }

  @Test func hostileSignaturesAreCleaned() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let hostile = Signature(name: " <a>\n\"b\", ", email: "x>\ny", seconds: 1, offsetMinutes: 0)
    let empty = Signature(name: "<>", email: "", seconds: 1, offsetMinutes: 0)
    let id = try repository.withBatch { repository in
      try repository.writeCommit(
        tree: repository.writeTree([]), parents: [], author: hostile, committer: empty, message: "m")
    }
    let commit = try repository.commit(id)
    #expect(commit.author.name == "a\"b")
    #expect(commit.author.email == "xy")
    #expect(commit.committer.name == "unknown")
  }

  @Test func headersLimitsAndKinds() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let blob = try repository.writeBlob([1, 2, 3])
    let tree = try repository.writeTree([])
    let missing = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    #expect(try repository.header(of: blob) == ObjectHeader(kind: .blob, size: 3))
    #expect(try repository.header(of: missing) == nil)
    #expect(try repository.blob(blob, limit: 3) == [1, 2, 3])
    #expect(kindOfFailure { _ = try repository.blob(blob, limit: 2) } == .tooLarge)
    #expect(kindOfFailure { _ = try repository.blob(tree) } == .invalid)
    #expect(kindOfFailure { _ = try repository.blob(missing) } == .notFound)
    #expect(kindOfFailure { _ = try repository.tree(blob) } != nil)
  }

  @Test func aDamagedObjectIsNotTakenForWhole() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let first = try repository.writeBlob([1])
    let other = try ObjectID.hash(blob: [2])
    // The bytes of one object under the name of another.
    let folder = "bare/objects/\(other.hex.prefix(2))/"
    try scratch.write(folder + "x")
    let bytes = try Files.read(
      scratch.path.pushing(FilePath("bare/objects/\(first.hex.prefix(2))/\(first.hex.dropFirst(2))")))
    try Files.replace(
      scratch.path.pushing(FilePath(folder + other.hex.dropFirst(2))), with: bytes, durable: false)
    #expect(kindOfFailure { _ = try repository.blob(other) } == .damaged)
  }
}
