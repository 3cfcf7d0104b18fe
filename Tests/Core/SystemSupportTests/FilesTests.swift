import Synchronization
import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct FilesTests {
  @Test func replacesAFileWholeAndKeepsItsMode() throws {
    let file = try oddlyNamedDirectory().appending("a")
    try Files.replace(file, with: [1, 2])
    try Files.setMode(of: file, to: 0o640)
    try Files.replace(file, with: [3])
    #expect(try Files.read(file) == [3])
    #expect(Stat(at: file)?.modeBits == 0o640)
  }

  @Test("replacing a file takes away what killed writers left beside it, and nothing of anybody else's")
  func leftovers() throws {
    let scratch = try Scratch()
    let others = [
      ".dev-infra-tmp-fresh1", ".dev-infra-tmp-longer1", ".dev-infra-config", "dev-infra-tmp-a1B2c3",
    ]
    for name in [".dev-infra-tmp-a1B2c3"] + others { try scratch.write("folder/\(name)") }
    try scratch.shell("find . -type f ! -name '*fresh1' -exec touch -d '2 hours ago' {} +", at: "")
    try Files.replace(scratch.path.pushing("folder/file"), with: [1])
    let names = try Files.names(in: scratch.path.appending("folder")).map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(Set(names) == Set(others + ["file"]))
  }

  @Test("a file from the next moment is young, and one from next year is of a clock that was wrong")
  func ages() throws {
    let scratch = try Scratch()
    try scratch.write("file")
    let file = scratch.path.appending("file")
    for (time, ages) in [
      ("2 hours ago", 7200...7300), ("now", 0...60), ("20 seconds", 0...0), ("1 year", Int.max...Int.max),
    ] {
      try scratch.shell("touch -d '\(time)' file", at: "")
      #expect(ages.contains(try #require(Files.age(of: file))), "\(time)")
    }
    #expect(Files.age(of: scratch.path.appending("none")) == nil)
  }

  @Test func refusesWhatIsTooLargeOrNoFile() throws {
    let folder = try oddlyNamedDirectory()
    try Files.replace(folder.appending("a"), with: [1, 2, 3])
    #expect(throws: SystemError.self) { try Files.read(folder.appending("a"), limit: 2) }
    #expect(throws: SystemError.self) { try Files.read(folder) }
  }

  @Test func aDirectoryIsToldFromACopyAndKnownAfterAMove() throws {
    let folder = try oddlyNamedDirectory()
    let (one, other) = (folder.appending("one"), folder.appending("other"))
    try Files.makeDirectory(one)
    try Files.makeDirectory(other)
    let identity = try #require(Files.identity(of: one))
    let copy = try #require(Files.identity(of: other))
    #expect(!identity.isSame(as: copy))
    #expect(FileIdentity(identity.text) == identity)
    try Files.move(one, to: folder.appending("moved"))
    #expect(Files.identity(of: folder.appending("moved")) == identity)
    #expect(Files.identity(of: one) == nil)
    // Where one side does not know when it was made, the number decides.
    let number = try #require(FileIdentity(String(identity.text.prefix { $0 != ":" })))
    #expect(number.isSame(as: identity) && identity.isSame(as: number))
    #expect(FileIdentity("") == nil && FileIdentity("x:1.2") == nil)
  }

  @Test func aLockIsHeldByOne() throws {
    let path = try oddlyNamedDirectory().appending("lock")
    let first = try FileLock(path)
    #expect(throws: SystemError.self) { _ = try FileLock(path, timeout: 0.05) }
    #expect(throws: SystemError.self) { _ = try FileLock(path, sharing: true, timeout: 0) }
    _ = consume first
    // Nothing is left of those who gave up waiting, though their threads get the lock now.
    _ = try FileLock(path, timeout: 10)
    _ = try FileLock(path)
  }

  @Test func aSharedLockIsHeldByManyAndTellsTheLastOfThem() throws {
    let path = try oddlyNamedDirectory().appending("lock")
    let first = try FileLock(path, sharing: true)
    let second = try FileLock(path, sharing: true)
    #expect(throws: SystemError.self) { _ = try FileLock(path, timeout: 0.05) }
    // Asking gives the lock up where there are others.
    let (one, other) = (first.isAlone(), second.isAlone())
    #expect(!one && other)
    #expect(throws: SystemError.self) { _ = try FileLock(path, sharing: true, timeout: 0) }
    _ = (first.isHeld, second.isHeld)
  }

  @Test func aLockThatIsNotTakenClosesNoFileOfAnotherThread() throws {
    let folder = try oddlyNamedDirectory()
    let (path, file) = (folder.appending("lock"), folder.appending("file"))
    let held = try FileLock(path)
    let first = FileLock(directory: folder)
    try Files.replace(file, with: [1, 2, 3])
    let isOver = Mutex(false)
    let other = try WorkerThread {
      while !isOver.withLock({ $0 }) {
        _ = try? FileLock(path, timeout: 0)
        _ = FileLock(directory: folder)
      }
    }
    // What is closed under it has the number of another file, or of none.
    var faults = 0
    for _ in 0..<20_000 where (try? Files.read(file)) != [1, 2, 3] { faults += 1 }
    #expect(faults == 0)
    isOver.withLock { $0 = true }
    other.join()
    _ = (held.isHeld, first?.isHeld)
  }

  @Test func whoWaitsGetsTheLockWhenItIsFree() throws {
    let path = try oddlyNamedDirectory().appending("lock")
    var first: FileLock? = try FileLock(path)
    let second = try FileLock(path, timeout: 60) { if first?.isHeld ?? false { first = nil } }
    #expect(throws: SystemError.self) { _ = try FileLock(path, timeout: 0) }
    _ = second.isHeld
  }

  @Test func aDirectoryIsLockedUnlessSomebodyHasItOrItIsGone() throws {
    let path = try oddlyNamedDirectory()
    func isFree(_ path: FilePath) -> Bool {
      if let lock = FileLock(directory: path) { return lock.isHeld }
      return false
    }
    #expect(isFree(path) && isFree(path))
    guard let lock = FileLock(directory: path) else { return }
    #expect(!isFree(path))
    _ = lock.isHeld
    #expect(!isFree(path.appending("missing")))
  }

  @Test func pathsKeepTheirBytes() {
    let path = FilePath(bytes: [0x2F, 0xE9, 0x0A])
    #expect(path.bytes == [0x2F, 0xE9, 0x0A])
    #expect(FilePath(text: path.text) == path)
    #expect(path.visible == #"/\351\n"#)
  }
}
