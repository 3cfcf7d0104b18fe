import Metadata
import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct MetadataFileTests {
  private func text(_ path: FilePath) throws -> String {
    String(decoding: try Files.read(path), as: UTF8.self)
  }

  @Test func noFileIsNoMetadata() throws {
    let folder = try oddlyNamedDirectory()
    #expect(try ProjectMetadata.read(in: folder) == nil)
    #expect(try ProjectMetadata.read(in: folder.appending("nowhere")) == nil)
  }

  @Test func readsAFileAndALinkToOne() throws {
    let folder = try oddlyNamedDirectory()
    try Files.replace(folder.appending("x"), with: Array("name: a".utf8))
    try Files.makeLink(folder.appending(".dev-infra.yml"), to: "x")
    #expect(try ProjectMetadata.read(in: folder)?.name == "a")
  }

  @Test func refusesWhatIsNoRegularFile() throws {
    for make: (FilePath) throws -> Void in [
      { try SystemPrograms.makePipe($0) }, { try Files.makeLink($0, to: "nowhere") },
      { try Files.makeLink($0, to: "/dev/zero") }, { try Files.makeLink($0, to: ".dev-infra.yml") },
      { try Files.makeDirectory($0) },
    ] {
      let folder = try oddlyNamedDirectory()
      try make(folder.appending(".dev-infra.yml"))
      #expect(throws: (any Error).self) { try ProjectMetadata.read(in: folder) }
    }
  }

  @Test func refusesALargeFile() throws {
    let folder = try oddlyNamedDirectory()
    let file = folder.appending(ProjectMetadata.fileName)
    try Files.replace(file, with: Array(repeating: UInt8(ascii: "#"), count: 1 << 20), durable: false)
    #expect(try ProjectMetadata.read(in: folder) != nil)
    try Files.replace(file, with: Array(repeating: UInt8(ascii: "#"), count: (1 << 20) + 1), durable: false)
    #expect(throws: MetadataError.self) { try ProjectMetadata.read(in: folder) }
  }

  @Test func anUpdateIsAllOrNothing() throws {
    let file = try oddlyNamedDirectory().appending(ProjectMetadata.fileName)
    #expect(try ProjectMetadata.update(file: file, setting: [("name", "a"), ("tags", "x, y")]))
    #expect(try text(file) == "name: a\ntags: [x, \"y\"]\n")
    #expect(try !ProjectMetadata.update(file: file, setting: [("name", "a")]))
    #expect(throws: MetadataError.self) {
      try ProjectMetadata.update(file: file, setting: [("name", "b"), ("status", "bogus")])
    }
    #expect(try text(file) == "name: a\ntags: [x, \"y\"]\n")
    #expect(try ProjectMetadata.update(file: file, setting: [("name", ""), ("tags", "z")]))
    #expect(try text(file) == "tags: [z]\n")
  }

  @Test func statedValuesArePlain() throws {
    let metadata = try ProjectMetadata(
      parsing: Array(
        "version: '[X]'\nname: '[X]'\nstatus: ~\ntags: a, b\nsync:\n  ask: [c, {d: e}]\nn: ~\n".utf8))
    let lines = metadata.stated.flatMap(\.scalars).map { "\($0.name)=\($0.text)" }
    #expect(lines == ["version=unknown", "tags=a", "tags=b", "sync.ask=c", "sync.ask.d=e"])
  }
}
