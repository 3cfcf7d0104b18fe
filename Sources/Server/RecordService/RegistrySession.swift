import Git
import NIOCore
import SystemSupport
import Registry
import RegistryStore
import RegistryIndex
import SystemPackage

/// The one owner of an open registry: what libgit2 has belongs to one thread, and all of this is called there.
final class RegistrySession {
  private(set) var store: RegistryStore
  let delegate: any RecordServiceDelegate
  let journal: NumberJournal
  var state = RegistryState()
  var commit: ObjectID?
  /// The packs that there were when the registry was opened.
  private var packs: FileVersion

  /// Opens a registry.
  ///
  /// - Parameters:
  ///   - making: whether it is made where there is none.
  ///   - delegate: gets its notices.
  init(_ directory: FilePath, making: Bool, delegate: any RecordServiceDelegate) throws {
    self.delegate = delegate
    let file = ViewFile(registry: directory)
    if making, try !file.exists(), Files.kind(of: directory) == nil {
      try RegistryStore.create(at: directory, name: nil)
    }
    if !making, try !file.exists() { throw RecordServiceError.registryGone(directory) }
    // Enough for the trees that a change goes through; those before it are of no use.
    try LibGit2.limitCache(to: 4 << 20)
    packs = RegistryStore.packs(of: directory)
    store = try RegistryStore.open(directory, delegate: delegate)
    journal = try NumberJournal(registry: directory, delegate: delegate)
  }

  /// Whether the directory that it was opened in is still the one that is there.
  var isInPlace: Bool { journal.isInPlace }

  /// Opens the registry again once it was packed: libgit2 holds on to every pack that it has opened, one that is deleted
  /// too, and to what it has unpacked of it.
  private func followPacks() throws {
    let packs = RegistryStore.packs(of: store.directory)
    guard packs != self.packs else { return }
    store = try RegistryStore.open(store.directory, delegate: delegate)
    self.packs = packs
  }

  /// The records of main as it is now.
  func refresh() throws -> RecordTable {
    try followPacks()
    let main = try store.main()
    if commit != main { try follow(to: main) }
    // Also what could not be written down the last time.
    try save()
    return state.table
  }

  /// Has something done with the registry as it is now.
  func use<Value>(_ body: (borrowing RegistryStore) throws -> Value) throws -> Value {
    try followPacks()
    return try body(store)
  }

  /// Makes edits by one commit; each is done or refused alone.
  ///
  /// - Returns: an answer for each edit, once all of it is on disk.
  func perform(_ edits: [Edit]) throws -> (answers: [Result<Outcome, any Error>], table: RecordTable) {
    try followPacks()
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
      try journal.reserve(for: batch.state.unsaved)
      guard !batch.entries.isEmpty else { return nil }
      return RegistryChange(batch.entries, message: batch.message, isOwn: batch.isOwn)
    }
    guard var done else { preconditionFailure("a registry was updated without asking what by") }
    try done.state.settle(at: new) { sources, take in
      // What was just committed is not undone by an entry of another record that cannot be read.
      try read(sources) { readings in
        try take(readings.compactMap { reading in try? (reading.source, reading.entries()) })
      }
    }
    state = done.state
    commit = new
    try save()
    let answers = tickets.map { ticket in ticket.map { answer($0) } }
    return (answers, state.table)
  }

  /// What changed since a commit.
  func changes(since text: String) throws -> RecordChanges {
    _ = try refresh()
    // A commit of a branch that is not shown is not known either.
    guard let commit, let old = ObjectID(hex: text), try isShown(text) else {
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
      case .format, .unknown: break
      }
    }
    let numbers = ids.compactMap { state.numbers[$0] }.sorted()
    return RecordChanges(
      commit: commit.hex, changed: numbers.compactMap { state.table[$0] },
      removed: ids.filter { state.numbers[$0] == nil }.sorted())
  }

  /// Whether git may give a commit: it is main, or has been, or is what a machine says of its checkouts.
  func isGiven(_ text: String) throws -> Bool {
    if try isShown(text) { return true }
    let main = try store.main()
    return try store.repository.references(withPrefix: RegistryStore.stateFolder).contains { reference in
      guard reference.target.hex == text,
        let machine = RegistryStore.machine(ofStateReference: reference.name)
      else { return false }
      return try store.blob(at: .machine(machine), in: main) != nil
    }
  }

  /// Whether a commit is main, or has been.
  func isShown(_ text: String) throws -> Bool {
    try followPacks()
    guard let id = ObjectID(hex: text), try store.has(commit: id) else { return false }
    return try store.repository.isAncestor(id, of: store.main())
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
}
