import ByteStrings
import Registry
import RegistryIndex
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// A registry of 600 projects, all of which are in one directory.
@Suite struct PlacesHereTests {
  private let scratch: Scratch
  private let file: ViewFile
  /// Long after what is written here.
  private let later = Clock.nowMilliseconds + 60_000
  private var known: FilePath { file.registry.appending("cache").appending("places") }

  init() throws {
    scratch = try Scratch()
    try Files.makeDirectory(scratch.path.appending("src"))
    for number in 0..<600 { try Files.makeDirectory(Self.place(number, scratch)) }
    file = ViewFile(registry: scratch.path.appending("registry"))
    try Files.makeDirectory(file.registry)
  }

  private static func place(_ number: Int, _ scratch: Scratch) -> FilePath {
    scratch.path.appending("src").appending("p\(number)")
  }

  private func place(_ number: Int) -> FilePath { Self.place(number, scratch) }

  private func view(_ commit: Character = "a", others: [FilePath] = []) throws -> View {
    let machine = try #require(MachineID("00112233aabbccdd"))
    let rows = try ((0..<600).map { place($0) } + others).enumerated().map { number, path in
      let id = try #require(ProjectID(String(repeating: "0", count: 36) + String(1000 + number)))
      let entry = Project(
        id: id, identity: "id \(id)", name: "app-\(number)",
        created: try #require(CalendarDate("2026-01-02")),
        updated: Timestamp(milliseconds: 1), updatedBy: machine)
      return ViewRow(entry, key: "", paths: [path.text], machines: [machine])
    }
    return try #require(
      View(
        View.file(
          commit: String(repeating: commit, count: 40), machine: machine.hex,
          machineNames: [machine.hex: "laptop"],
          rows: rows)))
  }

  /// The names of the projects whose places are said to be missing.
  private func missing(_ view: View, now: Int64? = nil) -> [String] {
    let places = file.places(in: view, now: now ?? later)
    #expect(places.projects == places.here)
    return places.missing.map(\.name)
  }

  /// Whether times of this file system tell all, as they do nearly everywhere.
  private var isTold: Bool { FileSystem(at: scratch.path)?.tellsChanges ?? false }

  @Test func whatIsGoneOrBackIsSeenAtOnce() throws {
    let view = try view()
    #expect(missing(view) == [])
    try #require(Files.isMissing(known) != isTold)
    try scratch.shell("mv src/p7 src/p8 .", at: "")
    #expect(missing(view) == ["app-7", "app-8"])
    #expect(missing(view) == ["app-7", "app-8"])
    try scratch.shell("mv p7 src", at: "")
    #expect(missing(view) == ["app-8"])
    try scratch.shell("mv src elsewhere", at: "")
    #expect(missing(view).count == 600)
    #expect(missing(view).count == 600)
    try scratch.shell("mv elsewhere src", at: "")
    #expect(missing(view) == ["app-8"])
    try scratch.shell("chmod 600 src", at: "")
    #expect(missing(view).count == (FilePermissions.ownUser == 0 ? 1 : 600))
    try scratch.shell("chmod 700 src", at: "")
    #expect(missing(view) == ["app-8"])
  }

  @Test func whatLinksLeadToIsLookedAtEachTime() throws {
    try scratch.shell("mkdir far far/one; mv src/p5 far; ln -s ../far/p5 src/p5; ln -s far/one link", at: "")
    let view = try view(others: [scratch.path.appending("link")])
    #expect(missing(view) == [])
    // Neither of the directories that the links are in is touched by this.
    try scratch.shell("mv far/one far/two; mv far/p5 far/p6", at: "")
    #expect(missing(view) == ["app-5", "app-600"])
    try scratch.shell("mv far/two far/one", at: "")
    #expect(missing(view) == ["app-5"])
  }

  @Test func anotherMainIsLookedAtAnew() throws {
    #expect(missing(try view()) == [])
    let other = try view("b", others: [scratch.path.appending("nowhere")])
    #expect(missing(other) == ["app-600"])
    #expect(missing(try view()) == [])
  }

  @Test func aDirectoryThatHasJustBeenWrittenToIsNotTrusted() throws {
    let view = try view()
    #expect(missing(view, now: Clock.nowMilliseconds) == [])
    #expect(Files.isMissing(known))
  }

  @Test func aFileThatSaysNothingOfUseIsPassedOver() throws {
    let view = try view()
    #expect(missing(view) == [])
    guard isTold else { return }
    let bytes = try Files.read(known, limit: 1 << 20)
    for end in stride(from: 0, to: bytes.count, by: 7) {
      try Files.replace(known, with: Array(bytes[..<end]))
      #expect(missing(view) == [])
    }
    // What a whole one says counts.
    let record = Array("mghost\0/nowhere\0.\0".utf8)
    try Files.replace(known, with: bytes.dropLast(2) + record)
    #expect(missing(view) == ["ghost"])
  }
}
