import Console
import Git
import NIOCore
import Platform
import Registry
import RegistryStore
import RegistryView
import SystemPackage

/// The one owner of an open registry: what libgit2 has belongs to one thread, and all of this is called there.
final class RegistryKeeper {
  private let store: RegistryStore
  private let journal: NumberJournal
  private var state = RegistryState()
  private var commit: ObjectID?

  /// Opens a registry, and makes it where there is none.
  init(_ directory: FilePath) throws {
    let file = ViewFile(registry: directory)
    if try !file.exists(), Files.kind(of: directory) == nil {
      try RegistryStore.create(at: directory, name: nil)
    }
    store = try RegistryStore.open(directory)
    journal = try NumberJournal(registry: directory)
  }

  /// The records of main as it is now.
  func refresh() throws -> RecordTable {
    let main = try store.main()
    if commit != main {
      try follow(to: main)
      try save()
    }
    return state.table
  }

  /// Makes edits by one commit; each is done or refused alone.
  ///
  /// - Returns: an answer for each edit, once all of it is on disk.
  func perform(_ edits: [Edit]) throws -> (answers: [Result<Outcome, any Error>], table: RecordTable) {
    var done: RegistryBatch?
    var tickets: [Result<RegistryBatch.Ticket, any Error>] = []
    let (_, new) = try store.update { base in
      if commit != base { try follow(to: base) }
      var batch = RegistryBatch(
        state, machine: store.machine.id, nextNumber: journal.next,
        reading: { [unowned self] in try store.value(of: $0, at: $1) })
      tickets = edits.map { edit in Result { try batch.perform(edit) } }
      if batch.isOwn { batch.add(try store.ownEntry(in: base)) }
      done = batch
      guard !batch.entries.isEmpty else { return nil }
      return Proposal(batch.entries, message: batch.message, isOwn: batch.isOwn)
    }
    guard var done else { preconditionFailure("a registry was updated without asking what by") }
    try done.settle(at: new)
    state = done.state
    commit = new
    try save()
    let answers = tickets.map { ticket in ticket.map { answer($0) } }
    return (answers, state.table)
  }

  /// What changed since a commit.
  func changes(since text: String) throws -> RecordChanges {
    _ = try refresh()
    guard let commit, let old = ObjectID(hex: text), try store.has(commit: old) else {
      throw Refusal(410, "The commit is not in this registry; ask for the whole list")
    }
    var ids: Set<ProjectID> = []
    for change in try store.entryChanges(from: old, to: commit) {
      switch change.path {
      case .project(let id), .checkout(_, let id): ids.insert(id)
      case .machine(let id):
        for record in state.table.records where record.source?.checkouts[id] != nil {
          if let source = record.source { ids.insert(source.id) }
        }
      case .format: break
      }
    }
    let numbers = ids.compactMap { state.numbers[$0] }.sorted()
    return RecordChanges(
      commit: commit.hex, changed: numbers.compactMap { state.table[$0] },
      removed: ids.filter { state.numbers[$0] == nil }.sorted())
  }

  private func answer(_ ticket: RegistryBatch.Ticket) -> Outcome {
    switch ticket {
    case .record(let number): state.table[number].map { .record($0) } ?? .deleted
    case .deleted: .deleted
    case .imported(let report): .imported(report)
    }
  }

  private func save() throws {
    guard let commit else { return }
    let (changes, isDurable) = state.takeUnsaved()
    try journal.append(changes, seen: commit, isDurable: isDurable)
  }

  // MARK: Following main

  /// Takes notice of all that has come into the registry since the commit that is known.
  private func follow(to main: ObjectID) throws {
    let now = ServiceTime.now
    var next = state
    var touched: [ProjectID: [EntryPath: ObjectID?]] = [:]
    for change in try store.entryChanges(from: commit, to: main) {
      switch change.path {
      case .project(let id), .checkout(_, let id): touched[id, default: [:]][change.path] = .some(change.blob)
      case .machine(let id):
        next.putMachine(
          id,
          change.blob.flatMap { blob in reporting(change.path) { try store.value(of: blob, at: change.path) }
          })
      case .format: break
      }
    }
    let moved = try commit == nil ? movedWhileAway(main) : Set(touched.keys)
    var new: [(created: CalendarDate, source: RecordSource)] = []
    for (id, changes) in touched {
      guard let source = try source(of: id, changes, in: next, at: main) else {
        next.remove(id)
        continue
      }
      if let item = next.numbers[id].flatMap({ next.table[$0] }).map(next.item(of:)) ?? journal.items[id] {
        var item = item
        if moved.contains(id) { item.updated = max(item.updated, now) }
        guard let entries = read(source) else {
          next.remove(id)
          continue
        }
        next.put(entries, source, as: item)
      } else if let entries = read(source) {
        new.append((entries.project.created, source))
      }
    }
    for (_, source) in new.sorted(by: { ($0.created, $0.source.id) < ($1.created, $1.source.id) }) {
      guard let entries = read(source) else { continue }
      next.put(
        entries, source,
        as: NumberJournal.Item(number: journal.takeNumber(), created: now, updated: now, path: .nothing))
    }
    try next.settle(at: main) { try entries(of: $0) }
    // What the journal knows of and main has no more is gone.
    if commit == nil {
      for id in journal.items.keys where next.numbers[id] == nil { next.forgetNumber(of: id) }
    }
    state = next
    commit = main
  }

  /// The projects that changed between the last commit that a daemon before this one saw, and main.
  private func movedWhileAway(_ main: ObjectID) throws -> Set<ProjectID> {
    guard let seen = journal.seen, try store.has(commit: seen) else { return Set(journal.items.keys) }
    var ids: Set<ProjectID> = []
    for change in try store.entryChanges(from: seen, to: main) {
      switch change.path {
      case .project(let id), .checkout(_, let id): ids.insert(id)
      case .machine, .format: break
      }
    }
    return ids
  }

  /// The blobs of a project after changes; nil where it is no more.
  private func source(
    of id: ProjectID, _ changes: [EntryPath: ObjectID?], in state: RegistryState, at main: ObjectID
  ) throws -> RecordSource? {
    var source: RecordSource
    if let known = state.numbers[id].flatMap({ state.table[$0] })?.source {
      source = known
    } else {
      guard case .some(.some(let project)) = changes[.project(id)] else { return nil }
      source = RecordSource(id: id, project: project, checkouts: [:], given: .nothing)
      // Checkouts may have come with a commit before the project itself.
      if commit != nil {
        for machine in state.machines.keys {
          source.checkouts[machine] = try store.blob(at: .checkout(machine, id), in: main)
        }
      }
    }
    for (path, blob) in changes {
      switch path {
      case .project:
        guard let blob else { return nil }
        source.project = blob
      case .checkout(let machine, _): source.checkouts[machine] = blob
      case .machine, .format: break
      }
    }
    return source
  }

  private func entries(of source: RecordSource) throws -> RecordEntries {
    var checkouts: [MachineID: JSON] = [:]
    for (machine, blob) in source.checkouts {
      checkouts[machine] = try store.value(of: blob, at: .checkout(machine, source.id))
    }
    let project = try Project(json: store.value(of: source.project, at: .project(source.id)))
    return RecordEntries(project: project, checkouts: checkouts)
  }

  /// The entries of a project; nil, with a warning, where they cannot be read: that is no reason to serve none.
  private func read(_ source: RecordSource) -> RecordEntries? {
    reporting(.project(source.id)) { try entries(of: source) }
  }

  private func reporting<Value>(_ path: EntryPath, _ body: () throws -> Value) -> Value? {
    do {
      return try body()
    } catch {
      Messages.warning("left out \(path.path), which cannot be read: \(Failure(error).message)")
      return nil
    }
  }
}
