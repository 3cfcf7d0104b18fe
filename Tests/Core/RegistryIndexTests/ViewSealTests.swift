import ByteStrings
import Registry
import RegistryIndex
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// A registry with a view of more than a megabyte.
@Suite struct ViewSealTests {
  private let scratch: Scratch
  private let file: ViewFile
  private var checked: FilePath { file.registry.appending("cache").appending("checked") }

  init() throws {
    scratch = try Scratch()
    file = ViewFile(registry: scratch.path)
    let machine = try #require(MachineID("00112233aabbccdd"))
    let rows = try (0..<4000).map { number in
      let id = try #require(ProjectID(String(repeating: "0", count: 36) + String(1000 + number)))
      var entry = Project(
        id: id, identity: "id \(id)", name: "app-\(number)",
        created: try #require(CalendarDate("2026-01-02")),
        updated: Timestamp(milliseconds: 1), updatedBy: machine)
      entry.description = String(repeating: "long ", count: 50)
      return ViewRow(entry, key: "", paths: ["/src/\(number)"], machines: [machine])
    }
    try file.file.write(
      View.file(
        commit: String(repeating: "a", count: 40), machine: machine.hex,
        machineNames: [machine.hex: "laptop"],
        rows: rows))
  }

  /// Changes one byte near the end of the view, in its place; nothing else says so than the time of change.
  private func damage() throws {
    try scratch.shell(
      """
      touch -r cache/projects.tsv time
      printf '#' | dd of=cache/projects.tsv bs=1 seek=1000000 conv=notrunc status=none
      touch -r time cache/projects.tsv
      """, at: ".")
  }

  @Test func damageIsFoundHoweverOftenTheViewWasReadBefore() throws {
    #expect(file.stored() != nil)
    #expect(file.stored() != nil)
    try damage()
    #expect(file.stored() == nil)
    #expect(file.stored() == nil)
  }

  @Test func whatWasFoundWholeIsNotGoneThroughAgain() throws {
    try #require(file.stored() != nil)
    guard !Files.isMissing(checked) else { return }
    let line = String(decoding: try Files.read(checked, limit: 1000), as: UTF8.self)
    let old = FileVersion(of: file.file.path).description
    try #require(line.split(separator: " ").contains { $0 == old })
    try damage()
    // As if it had been so when it was checked.
    let new = FileVersion(of: file.file.path).description
    let text = line.split(at: " ").map { $0 == old ? new : String($0) }.joined(separator: " ")
    try Files.replace(checked, with: Array(text.utf8))
    #expect(file.stored() != nil)
    // Of another run of the computer, or of something else, it says nothing.
    for other in [
      text.split(at: " ").map { $0 == new ? old : String($0) }.joined(separator: " "), "rubbish", "",
    ] {
      try Files.replace(checked, with: Array(other.utf8))
      #expect(file.stored() == nil)
    }
  }
}
