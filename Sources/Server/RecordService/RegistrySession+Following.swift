import Git
import Registry
import RegistryStore

/// Taking notice of what others did to the registry.
extension RegistrySession {
  /// Takes notice of all that has come into the registry since the commit that is known.
  func follow(to main: ObjectID) throws {
    let now = ServiceTime.now
    var next = state
    var touched: [ProjectID: [EntryPath: ObjectID?]] = [:]
    for change in try store.entryChanges(from: commit, to: main) {
      switch change.path {
      case .project(let id), .checkout(_, let id): touched[id, default: [:]][change.path] = .some(change.blob)
      case .machine(let id):
        next.putMachine(
          id,
          try change.blob.flatMap { blob in
            try reporting(change.path) { try store.value(of: blob, at: change.path) }
          })
      case .format, .unknown: break
      }
    }
    next.takeChangedMachines()
    let moved = try commit == nil ? movedWhileAway(main) : Set(touched.keys)
    var new: [(created: CalendarDate, source: RecordSource)] = []
    var unreadable: Set<ProjectID> = []
    // Checkouts may have come with a commit before the project itself.
    let unknown = Set(
      commit == nil ? [] : touched.keys.filter { next.numbers[$0].flatMap { next.table[$0] }?.source == nil })
    let early = try store.checkouts(of: unknown, in: main)
    var sources: [RecordSource] = []
    for (id, changes) in touched {
      if let source = try source(of: id, changes, in: next, early[id] ?? [:]) {
        sources.append(source)
      } else {
        next.remove(id)
      }
    }
    try read(sources) { readings in
      var parts: [RegistryState.Part] = []
      for reading in readings {
        let id = reading.source.id
        guard let (source, entries) = try reported(reading) else {
          // It may be there again, and is the same project then.
          next.remove(id, isGone: false)
          unreadable.insert(id)
          continue
        }
        if let item = next.numbers[id].flatMap({ next.table[$0] }).map(next.item(of:)) ?? journal.items[id] {
          var item = item
          if moved.contains(id) { item.updated = max(item.updated, now) }
          parts.append(.init(entries: entries, source: source, item: item))
        } else {
          // Read again when its number is known: the entries of a whole registry are not kept.
          new.append((entries.project.created, source))
        }
      }
      next.put(parts)
    }
    var numbers: [ProjectID: Int] = [:]
    for (_, source) in new.sorted(by: { ($0.created, $0.source.id) < ($1.created, $1.source.id) }) {
      numbers[source.id] = journal.takeNumber()
    }
    try read(new.map(\.source)) { readings in
      next.put(
        try readings.compactMap { reading in
          let entries = try reading.entries()
          return numbers[reading.source.id].map { number in
            .init(
              entries: entries, source: reading.source,
              item: NumberJournal.Item(number: number, created: now, updated: now, path: .nothing))
          }
        })
    }
    try next.settle(at: main) { sources, take in
      // A checkout that cannot be read now is still one of the project's.
      try read(sources) { readings in
        try take(
          readings.compactMap { reading in try reported(reading).map { (reading.source, $0.entries) } })
      }
    }
    // What the journal knows of and main has no more is gone.
    if commit == nil {
      for id in journal.items.keys where next.numbers[id] == nil && !unreadable.contains(id) {
        next.forgetNumber(of: id)
      }
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
      case .machine, .format, .unknown: break
      }
    }
    return ids
  }

  /// The blobs of a project after changes; nil where it is no more.
  ///
  /// - Parameter early: where machines have it, for one that has just come.
  private func source(
    of id: ProjectID, _ changes: [EntryPath: ObjectID?], in state: RegistryState,
    _ early: [MachineID: ObjectID]
  ) throws -> RecordSource? {
    var source: RecordSource
    if let known = state.numbers[id].flatMap({ state.table[$0] })?.source {
      source = known
    } else {
      guard case .some(.some(let project)) = changes[.project(id)] else { return nil }
      let checkouts = early.filter { state.machines[$0.key] != nil }
      source = RecordSource(id: id, project: project, checkouts: checkouts, given: .nothing)
    }
    for (path, blob) in changes {
      switch path {
      case .project:
        guard let blob else { return nil }
        source.project = blob
      case .checkout(let machine, _): source.checkouts[machine] = blob
      case .machine, .format, .unknown: break
      }
    }
    return source
  }

  /// Reads the entries of projects, of many by as many threads as help, and hands some thousand over at a time.
  func read(_ sources: [RecordSource], _ take: ([EntryReading]) throws -> Void) throws {
    try store.readAsPacked(
      sources, from: { [$0.project] + Array($0.checkouts.values) }, { EntryReading($0, in: $1) }, take)
  }

  /// What was read of a project; nil, with a warning, where it cannot be used: that is no reason to serve none. A checkout that
  /// cannot be is left out.
  private func reported(_ reading: EntryReading) throws -> (source: RecordSource, entries: RecordEntries)? {
    var source = reading.source
    var checkouts: [MachineID: JSON] = [:]
    for (machine, checkout) in reading.checkouts {
      let value = try reporting(.checkout(machine, source.id)) { try checkout.get() }
      checkouts[machine] = value
      if value == nil { source.checkouts[machine] = nil }
    }
    return try reporting(.project(source.id)) {
      (source, RecordEntries(project: try reading.project.get(), checkouts: checkouts))
    }
  }

  private func reporting<Value>(_ path: EntryPath, _ body: () throws -> Value) throws -> Value? {
    do {
      return try body()
    } catch {
      // That says nothing of the entry.
      if ServerFault(error) == .exhausted { throw error }
      delegate.note(.leftOut(path, error))
      return nil
    }
  }
}
