import ByteStrings
import Git
public import Registry
import RegistryIndex
public import RegistryStore
import SystemSupport

/// All that a page shows of one project.
public struct ProjectRecord: Sendable {
  /// The project on one machine.
  struct Place: Sendable {
    let machine: MachineID
    let name: String
    var checkout: Checkout?
    var states: [PlaceState]
    let taken: Timestamp?
  }

  /// A field that a change gave another value.
  struct FieldChange: Sendable {
    let field: String
    let old: String?
    let new: String?
    /// What another machine had written at the same time, and the merge did not take.
    var gaveWay: String?
  }

  /// A commit that changed the project, or where it is.
  struct Change: Sendable {
    let commit: String
    let time: Timestamp
    let author: String
    let machine: String
    let words: [String]
    var fields: [FieldChange]
  }

  /// The entry.
  public private(set) var project: Project
  /// Names the state of the entry.
  public let tag: String
  private(set) var places: [Place]
  let updatedBy: String
  private(set) var changes: [Change]
  /// Whether there may be older changes.
  let hasMore: Bool

  /// Reads it; nil where there is no such project.
  public static func read(_ id: ProjectID, _ store: borrowing RegistryStore) throws -> ProjectRecord? {
    let main = try store.main()
    guard let blob = try store.blob(at: .project(id), in: main),
      let project = try store.project(id, in: main),
      let row = try store.view().row(id: id.hex)
    else { return nil }
    let view = try store.view()
    let machines = row.list(.machines).compactMap { MachineID($0) }
    let states = Dictionary(
      uniqueKeysWithValues: store.states(of: machines, only: [id]).map { ($0.machine, $0) })
    let places = machines.map { machine in
      let state = states[machine]
      return Place(
        machine: machine, name: view.name(of: machine.hex),
        checkout: (try? store.checkout(id, of: machine, in: main)) ?? nil,
        states: (state?.projects[id]?.places ?? []).compactMap { PlaceState($0) },
        taken: state.map { $0.time(of: id) })
    }
    var history = ProjectHistory(id, machines: machines, names: view.name(of:))
    try history.read(store, from: main)
    return ProjectRecord(
      project: project, tag: blob.hex, places: places.sorted { $0.name < $1.name },
      updatedBy: view.name(of: project.updatedBy.hex), changes: history.changes, hasMore: history.hasMore)
  }
}

extension ProjectRecord {
  /// The same without what tells where on a machine something is.
  func withoutPaths() -> ProjectRecord {
    var record = self
    for kind in ["path", "remote"] where project.identity.begins(with: kind + " ") {
      let place = project.identity.dropFirst(kind.count + 1)
      // One with odd bytes is quoted.
      let isPlace =
        kind == "path" || place.begins(with: "/") || place.begins(with: "\"") || place.holds(text: "::")
      if isPlace { record.project.identity = kind }
    }
    if let url = project.remoteURL, Self.isLocal(url) { record.project.remoteURL = nil }
    record.project.unknown = [:]
    for index in places.indices {
      record.places[index].checkout = nil
      record.places[index].states = places[index].states.map { $0.withoutPath() }
    }
    // The others hold places, or may.
    for index in changes.indices {
      record.changes[index].fields = changes[index].fields.filter {
        ProjectField($0.field)?.isSettable ?? false
      }
    }
    return record
  }

  private static func isLocal(_ url: String) -> Bool {
    (try? RemoteURL(url)).map { $0.normalized.begins(with: "/") } ?? true
  }
}

/// What the history of the registry says of one project.
private struct ProjectHistory {
  /// Changes that are shown.
  private static let shownLimit = 30
  /// Commits that are looked at, and the seconds that it may take: everybody else waits meanwhile.
  private static let commitLimit = 5000
  private static let timeLimit = 0.25

  private let id: ProjectID
  private let machines: [MachineID]
  private let name: (String) -> String
  private(set) var changes: [ProjectRecord.Change] = []
  private(set) var hasMore = false

  init(_ id: ProjectID, machines: [MachineID], names: @escaping (String) -> String) {
    self.id = id
    self.machines = machines
    name = names
  }

  mutating func read(_ store: borrowing RegistryStore, from main: ObjectID) throws {
    let end = Clock.monotonicSeconds + Self.timeLimit
    let commits = try store.repository.commits(of: main, beyond: nil, limit: Self.commitLimit)
    hasMore = commits.count == Self.commitLimit
    for commit in commits {
      if changes.count == Self.shownLimit || Clock.monotonicSeconds > end {
        hasMore = true
        break
      }
      if let change = try change(commit, store) { changes.append(change) }
    }
  }

  private func change(_ id: ObjectID, _ store: borrowing RegistryStore) throws -> ProjectRecord.Change? {
    let path = EntryPath.project(self.id)
    let commit = try store.repository.commit(id)
    let now = try store.blob(at: path, in: id)
    let before = try commit.parents.map { try store.blob(at: path, in: $0) }
    var words: [String] = []
    var fields: [ProjectRecord.FieldChange] = []
    if commit.parents.count > 1 {
      // A change of one side is shown at its own commit; a merge shows only what neither side had, and what
      // gave way.
      let new = try members(now, store)
      let old = try before.map { try members($0, store) }
      if now == nil, !before.contains(nil) { words.append("removed") }
      if now != nil, Set(before).count > 1 {
        fields = try gaveWay(commit.parents, old, new, store)
        let told = Set(fields.map(\.field))
        fields += changed(old, new).filter { change in
          !told.contains(change.field) && old.allSatisfy { $0[change.field] != new[change.field] }
        }
      }
    } else if before.first ?? nil != now {
      let new = try members(now, store)
      let old = try before.map { try members($0, store) }
      if now == nil { words.append("removed") }
      if now != nil, before.allSatisfy({ $0 == nil }) { words.append("added") }
      if now != nil, before.contains(where: { $0 != nil }) { fields = changed(old, new) }
    }
    if commit.parents.count < 2 {
      // Nearly every commit is about one machine, of however many.
      let others = try store.machines(otherIn: id, than: commit.parents.first)
      for machine in machines where others.contains(machine) {
        let place = EntryPath.checkout(machine, self.id)
        let new = try store.blob(at: place, in: id)
        let old = try commit.parents.first.flatMap { try store.blob(at: place, in: $0) }
        guard new != old else { continue }
        let machineName = name(machine.hex)
        words.append(
          new == nil
            ? "no longer on \(machineName)"
            : old == nil ? "now on \(machineName)" : "elsewhere on \(machineName)")
      }
    }
    guard !words.isEmpty || !fields.isEmpty else { return nil }
    let (milliseconds, isTooLarge) = commit.author.seconds.multipliedReportingOverflow(by: 1000)
    return ProjectRecord.Change(
      commit: id.hex, time: Timestamp(milliseconds: isTooLarge ? 0 : milliseconds),
      author: commit.author.name,
      machine: commit.committer.name, words: words, fields: fields)
  }

  /// The values that differ from those of the first parent.
  private func changed(_ old: [JSON.Members], _ new: JSON.Members) -> [ProjectRecord.FieldChange] {
    let before = old.first { !$0.isEmpty } ?? [:]
    return (Array(before.keys) + Array(new.keys)).sortedUniqueByBytes().compactMap { key in
      guard before[key] != new[key], !FieldKey.isStamp(key) else { return nil }
      return ProjectRecord.FieldChange(field: key, old: Self.text(before[key]), new: Self.text(new[key]))
    }
  }

  /// The values of a merge's sides that it did not take, where both had changed them.
  private func gaveWay(
    _ parents: [ObjectID], _ sides: [JSON.Members], _ new: JSON.Members, _ store: borrowing RegistryStore
  ) throws -> [ProjectRecord.FieldChange] {
    guard parents.count == 2 else { return [] }
    let common = try store.withMergeBase(parents[0], parents[1]) { base in
      try base.map { try members(store.blob(at: .project(id), in: $0), store) }
    }
    guard let common else { return [] }
    return MergeConflict.keys(sides[0], sides[1], common).map { key in
      let lost = sides[0][key] == new[key] ? sides[1][key] : sides[0][key]
      return ProjectRecord.FieldChange(
        field: key, old: Self.text(common[key]), new: Self.text(new[key]),
        gaveWay: Self.text(lost) ?? "nothing")
    }
  }

  private func members(_ blob: ObjectID?, _ store: borrowing RegistryStore) throws -> JSON.Members {
    guard let blob else { return [:] }
    // One that cannot be read is shown as one without anything.
    return (try? store.value(of: blob, at: .project(id)))?.object ?? [:]
  }

  private static func text(_ value: JSON?) -> String? {
    switch value {
    case nil, .null?: nil
    case .string(let text)?: text
    case .array(let items)?: items.map { $0.string ?? $0.compact }.joined(separator: ", ")
    case let value?: value.compact
    }
  }
}
