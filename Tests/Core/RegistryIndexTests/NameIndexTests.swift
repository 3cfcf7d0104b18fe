import ByteStrings
import Registry
import RegistryIndex
import SystemSupport
import SystemPackage
import TestSupport
import Testing

/// A registry with a large view, and an index of its names.
@Suite struct NameIndexTests {
  private let file: ViewFile
  private let view: View

  init() throws {
    let scratch = try Scratch()
    let machine = try #require(MachineID("00112233aabbccdd"))
    let rows = try (0..<4000).map { number in
      let id = String(repeating: "0", count: 36) + String(1000 + number)
      // Twins are both here, and of cousins one is elsewhere.
      let name =
        switch number {
        case 7, 8: "twin"
        case 9, 10: "cousin"
        case 11: "far"
        case 12: "tab\tbed"
        default: "app-\(number)"
        }
      var entry = Project(
        id: try #require(ProjectID(id)), identity: "id \(id)", name: name,
        created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: 1),
        updatedBy: machine)
      entry.description = String(repeating: "long ", count: 40)
      let isHere = number != 10 && number != 11
      return ViewRow(entry, key: "", paths: isHere ? ["/src/\(number)"] : [], machines: [machine])
    }
    let commit = String(repeating: "a", count: 40)
    file = ViewFile(registry: scratch.path)
    try file.file.write(
      View.file(commit: commit, machine: machine.hex, machineNames: [machine.hex: "laptop"], rows: rows))
    try Files.makeDirectory(scratch.path.pushing("refs"))
    try Files.makeDirectory(scratch.path.pushing("refs/heads"))
    try Files.replace(
      scratch.path.pushing("refs/heads/main"), with: Array("\(commit)\n".utf8), durable: false)
    try scratch.shell("touch -d '1 minute ago' cache/projects.tsv", at: ".")
    view = try #require(file.stored())
    NameIndex.write(of: view, in: file)
  }

  private func place(_ name: String) -> String? { NameIndex(of: file)?.row(named: name)?.paths.first }

  private var path: FilePath { file.registry.pushing("cache/names") }

  @Test func findsWhatASearchFinds() throws {
    let index = try #require(NameIndex(of: file))
    for name in Set(view.rows.map(\.name)) {
      let found = try? ProjectQuery(name, directory: "/").find(in: view)
      // What is not here, or is several, is for the search to tell.
      #expect(index.row(named: name)?.id == (found?.paths.isEmpty ?? true ? nil : found?.id))
    }
    #expect(place("cousin") == "/src/9")
    #expect(place("tab\tbed") == "/src/12")
    for name in ["twin", "far", "App-1", "app-1 ", ""] { #expect(place(name) == nil) }
  }

  @Test func isOfOneViewAlone() throws {
    try Files.replace(
      file.registry.pushing("refs/heads/main"), with: Array("\(String(repeating: "b", count: 40))\n".utf8),
      durable: false)
    #expect(NameIndex(of: file) == nil)
  }

  @Test func nothingIsBelievedThatIsDamaged() throws {
    let bytes = try Files.read(path)
    for place in [0, 30, 90, 150, bytes.count - 1] {
      var damaged = bytes
      damaged[place] ^= 1
      try Files.replace(path, with: damaged, durable: false)
      #expect(NameIndex(of: file) == nil)
    }
    try Files.replace(path, with: Array(bytes.dropLast(12)), durable: false)
    #expect(NameIndex(of: file) == nil)
    try Files.replace(path, with: bytes, durable: false)
    #expect(place("app-3") == "/src/3")
    // The view's own line has changed, and its first line not.
    let whole = view.file
    let start = try #require(whole.indices.first { whole[$0...].starts(with: "app-3\t".utf8) })
    var changed = whole
    changed[start] = UInt8(ascii: "A")
    try file.file.write(changed)
    #expect(place("app-3") == nil)
    #expect(place("app-4") == "/src/4")
  }

  @Test func isMadeOfALargeViewThatStays() throws {
    // On a computer that is busy the view may not be young any more when the index is asked for.
    repeat {
      try? Files.removeTree(path)
      try file.file.write(view.file)
      NameIndex.write(of: view, in: file)
    } while try #require(file.file.age) > 0
    #expect(Files.kind(of: path) == nil)
  }
}
