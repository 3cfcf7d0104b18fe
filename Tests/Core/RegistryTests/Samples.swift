import Registry
import SystemPackage

/// Values for tests.
enum Sample {
  static func id(_ number: Int) -> ProjectID {
    let hex = String(number, radix: 16)
    return ProjectID(String(repeating: "0", count: 40 - hex.count) + hex)!
  }

  static let machine = MachineID(0xA1)

  static func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

  static func project(
    _ number: Int, url: String? = nil, created: String = "2026-01-02", identity: String? = nil,
    updated: Int64 = 0, root: String? = String(repeating: "1", count: 40)
  ) -> Project {
    var project = Project(
      id: id(number), identity: identity ?? "root \(id(number))", name: "p\(number)",
      created: CalendarDate(created)!,
      updated: time(updated), updatedBy: machine)
    project.remoteURL = url
    project.rootCommit = root
    return project
  }

  static func json(_ text: String) -> JSON { try! JSON.parse(Array(text.utf8)) }
}

extension Merge {
  /// A merge at the end of time, when every clock is believed.
  static func entry(
    _ kind: EntryPath.Kind, base: JSON?, ours: JSON?, theirs: JSON?, strategy: MergeStrategy = .lastWrite
  ) -> MergeResult {
    entry(kind, base: base, ours: ours, theirs: theirs, strategy: strategy, now: .latest)
  }
}
