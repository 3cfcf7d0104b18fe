import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct AtomicDirectoryTests {
  private func names(_ directory: FilePath) throws -> [String] {
    try Files.names(in: directory).map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  @Test func isThereOnlyWhenItIsDone() throws {
    let directory = try scratchDirectory()
    let target = directory.appending("a").appending("b")
    let making = try AtomicDirectory(at: target)
    try Files.makeDirectory(making.work)
    try Files.replace(making.work.appending("f"), with: [1])
    #expect(Files.kind(of: target) == nil)
    try making.commit()
    #expect(try names(directory.appending("a")) == ["b"])
    #expect(try names(target) == ["f"])
  }

  @Test func takesThePlaceOfAnEmptyDirectoryOnly() throws {
    let directory = try scratchDirectory()
    let empty = directory.appending("empty")
    try Files.makeDirectory(empty)
    let making = try AtomicDirectory(at: empty)
    try Files.makeDirectory(making.work)
    // Somebody is faster.
    try Files.replace(empty.appending("mine"), with: [])
    #expect(throws: SystemError.self) { try making.commit() }
    making.abandon()
    #expect(try names(directory) == ["empty"])
    #expect(throws: SystemError.self) { try AtomicDirectory(at: empty) }
    try Files.replace(directory.appending("file"), with: [])
    #expect(throws: SystemError.self) { try AtomicDirectory(at: directory.appending("file")) }
    try Files.makeLink(directory.appending("link"), to: "/tmp")
    #expect(throws: SystemError.self) { try AtomicDirectory(at: directory.appending("link")) }
    #expect(try names(directory) == ["empty", "file", "link"])
  }

  @Test func abandoningTakesDirectoriesAboveAwayThatNobodyElseUses() throws {
    let directory = try scratchDirectory()
    let one = try AtomicDirectory(at: directory.pushing("x/y/one"))
    let other = try AtomicDirectory(at: directory.pushing("x/z/other"))
    one.abandon()
    #expect(try names(directory.appending("x")) == ["z"])
    other.abandon()
    #expect(try names(directory.appending("x")) == [])
  }
}
