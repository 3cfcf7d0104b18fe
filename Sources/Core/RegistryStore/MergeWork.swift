import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

/// A value of the merged tree: one that is in the store already, or a new one.
enum MergedValue {
  case blob(ObjectID)
  case new(JSON)

  func write(in repository: borrowing Repository) throws -> ObjectID {
    switch self {
    case .blob(let id): id
    case .new(let json): try repository.writeBlob(json.canonical)
    }
  }
}

/// A merge under way: what is to change in our tree, and what is to be said about it.
struct MergeWork {
  let strategy: MergeStrategy
  let theirName: String
  var changes = MergedChanges()
  /// Whether the other side's trees have nothing that would have to be left out, so that directories may be taken whole.
  private(set) var isTheirsSound = false
  var reports: [MergeReport] = []
  var setAside = 0
  private var conflicts: [String] = []
  /// Files that both sides changed and whose names this version does not know.
  var contested: [ContestedFile] = []
  /// The hashes of the ``ProjectKey``s of the projects that the other side changed, once merged.
  private var keys = ProjectKeys()
  /// The machines that have the projects that may be one with others.
  private var owners: [ProjectID: Set<MachineID>] = [:]
  /// Machines that one side took out and that have pushed to the other since, so that they are back.
  private var returned: ReturnedMachines = ReturnedMachines()
  /// What the other side changed below this machine's own name.
  private var foreign: [TreeChange] = []
  private let now = Timestamp(milliseconds: Clock.nowMilliseconds)

  init(strategy: MergeStrategy, theirName: String) {
    self.strategy = strategy
    self.theirName = theirName
  }

  mutating func report(_ report: MergeReport) { reports.append(report) }

  /// Tells of something that both sides changed differently, here and in the merge's message.
  mutating func conflict(_ line: String) {
    conflicts.append(line)
    report(.conflict(line))
  }

  /// The merge commit's message: what was merged, and each conflict with its outcome.
  var message: String {
    let subject = "Merge \(theirName)"
    return conflicts.isEmpty
      ? subject : subject + "\n\n" + conflicts.map { "- \($0)" }.joined(separator: "\n")
  }

  /// Whether both sides changed something differently.
  var hasConflicts: Bool { !conflicts.isEmpty }

  /// Whether ``message`` of a merge names a conflict.
  static func namesConflicts(_ message: String) -> Bool { message.holds(text: "\n\n- ") }

  mutating func run(
    base: ObjectID?, ours: ObjectID, theirs: ObjectID, in store: borrowing RegistryStore
  ) throws {
    let problems = try readTheirs(base, theirs, in: store)
    let theirChanges = changes.theirs
    for problem in problems { setAside(.other(problem.path), .misplaced(problem.fault)) }
    if let base {
      for report in try store.valuesLost(theirChanges, since: base, in: theirs) { self.report(report) }
    }
    let ourChanges = try store.changes(from: base, to: ours).changes
    let ourByPath = Dictionary(ourChanges.map { ($0.path, $0) }) { _, last in last }
    returned = ReturnedMachines(ours: ourChanges, theirs: theirChanges, but: store.machine.id)
    // What they say of a machine that was taken out here counts as it is, with all that they left as it was.
    for change in ourChanges where returned.isTheirs(change.path) {
      changes[change.path] = .some(change.old.map { .blob($0) })
    }

    let (me, now) = (store.machine.id, now)
    var next = 0
    try store.readEach(of: theirChanges, from: \.new) { change, repository in
      // What is this machine's own is not taken, whatever it is.
      change.path.owner == me
        ? .success(TheirEntry())
        : TheirEntry.read(change, now: now, isWanted: ourByPath[change.path] != nil, in: repository)
    } _: { change, reading in
      let number = next
      next += 1
      if change.path == .format { return }
      if change.path.owner == me {
        foreign.append(change)
        return
      }
      if returned.isOurs(change.path) { return }
      let our = returned.isTheirs(change.path) ? nil : ourByPath[change.path]
      if case .unknown(let path) = change.path {
        return try carry(change, path, beside: our, in: store)
      }
      let entry: TheirEntry
      do {
        entry = try reading.get()
      } catch let error as GitError {
        throw error
      } catch {
        return setAside(.entry(change.path), .unusable(error))
      }
      if let future = entry.more?.future { report(.fromTheFuture(name: future.name, time: future.time)) }
      var key = entry.key
      if let our {
        let merged = try combine(change, our, entry.more?.value, in: store)
        key = merged.flatMap { try? Project(json: $0) }?.duplicateKey?.hashValue
      } else if let rewritten = entry.more?.rewritten {
        changes[change.path] = .some(.new(rewritten))
      } else {
        changes.take(number)
      }
      if case .project(let id) = change.path { keys.append(id, key) }
    }
    try settleContested(base: base, ours: ours, theirs: theirs, in: store)
    tellOfReplacedFiles(ourChanges, theirChanges)
    try foldDuplicates(changedHere: ourChanges.map(\.path), ours: ours, in: store)
    try settleOwn(ours: ours, in: store)
    try setAsideForeign(ours: ours, in: store)
  }

  private mutating func readTheirs(
    _ base: ObjectID?, _ theirs: ObjectID, in store: borrowing RegistryStore
  ) throws -> [TreeProblem] {
    let found = try store.changes(from: base, to: theirs, mayBeMuch: true)
    changes = MergedChanges(found.changes)
    isTheirsSound = found.problems.isEmpty && found.isOrdered
    return found.problems
  }

  /// Merges an entry that both sides changed, and returns its value.
  private mutating func combine(
    _ their: TreeChange, _ our: TreeChange, _ theirValue: JSON?, in store: borrowing RegistryStore
  ) throws -> JSON? {
    guard their.new != our.new else { return theirValue }
    let ourValue = try our.new.map { try store.json($0) }
    let baseValue = try their.old.map { try store.json($0) }
    var result = Merge.entry(
      their.path.kind, base: baseValue, ours: ourValue, theirs: theirValue, strategy: strategy, now: now)
    if let value = result.value, let theirValue {
      do {
        try RegistryStore.check(value, at: their.path)
      } catch {
        // Ours may have been written before a rule that it breaks; theirs has passed them all.
        report(.tookWhole(their.path, of: theirName, error))
        result.value = theirValue
      }
    }
    let name = name(of: ourValue ?? theirValue, at: their.path)
    for conflict in result.conflicts {
      let taken = conflict.taken == .ours ? "ours" : "theirs"
      let line =
        "\(name): \(Quoting.visible(conflict.field)) is \(Self.shown(conflict.ours)) here and "
        + "\(Self.shown(conflict.theirs)) in \(theirName): took \(taken)"
      self.conflict(line)
    }
    if result.deletionOverruled {
      conflict("\(name): removed on one side and changed on the other: kept")
    }
    if result.value != ourValue { changes[their.path] = .some(result.value.map { .new($0) }) }
    return result.value
  }

  mutating func setAside(_ place: MergeReport.Place, _ reason: MergeReport.Reason) {
    setAside += 1
    // A remote full of rubbish must not fill the terminal.
    if setAside <= 20 { report(.setAside(place, of: theirName, reason)) }
    if setAside == 21 { report(.setAsideMore(of: theirName)) }
  }

  private func name(of value: JSON?, at path: EntryPath) -> String {
    if case .object(let fields)? = value, case .string(let name)? = fields[.name] {
      return Quoting.visible(name)
    }
    return path.path
  }

  private static func shown(_ value: JSON?) -> String {
    value.map { Quoting.visible($0.compact) } ?? "not set"
  }

  // MARK: Afterwards

  /// The value that the merged tree has at a path.
  private func merged(_ path: EntryPath, _ ours: ObjectID, _ store: borrowing RegistryStore) throws -> JSON? {
    switch changes[path] {
    case .some(.some(.blob(let id))): try store.json(id)
    case .some(.some(.new(let json))): json
    case .some(.none): nil
    case .none: try store.blob(at: path, in: ours).map { try store.json($0) }
    }
  }

  /// Makes entries that turned out to be one project one, where the merge brought them together.
  ///
  /// Which could be one is decided by their keys alone: of the other side's these are known from reading them, of all
  /// the rest from the view.
  private mutating func foldDuplicates(
    changedHere: [EntryPath], ours: ObjectID, in store: borrowing RegistryStore
  ) throws {
    var here: Set<ProjectID> = []
    for case .project(let id) in changedHere { here.insert(id) }
    guard !here.isEmpty || !keys.isEmpty else { return }
    let view = try store.view(of: ours)
    // Nearly all are one of their key, and of those nothing is kept but a hash.
    var (hashes, repeated): (Set<Int>, Set<Int>) = ([], [])
    forEachKey(in: view) { if !hashes.insert($1).inserted { repeated.insert($1) } }
    // By the hashes alone; the projects that are made one are compared by their keys.
    var groups: [Int: [ProjectID]] = [:]
    if !repeated.isEmpty {
      forEachKey(in: view) { if repeated.contains($1) { groups[$1, default: []].append($0) } }
    }
    let alike = groups.values.filter { $0.count > 1 && $0.contains { here.contains($0) || keys.has($0) } }
    owners = try owners(of: Set(alike.joined()), ours, store)
    for ids in alike {
      var projects: [ProjectID: Project] = [:]
      for id in ids {
        projects[id] = try merged(.project(id), ours, store).flatMap { try? Project(json: $0) }
      }
      for fold in Duplicates.folds(in: projects.values) {
        try apply(fold, projects, ours: ours, in: store)
      }
    }
  }

  /// Calls `body` with each project that has a key, and the key's hash: those that the other side changed, and all the rest of a
  /// view of ours.
  private func forEachKey(in view: View, _ body: (ProjectID, Int) -> Void) {
    keys.forEach(body)
    for row in view.rows where !row.isEmpty(.key) {
      guard let id = ProjectID(row.id), !keys.has(id) else { continue }
      let subdirectory = row.isEmpty(.subdirectory) ? nil : FilePath(text: row[.subdirectory])
      body(id, ProjectKey(url: row[.key], subdirectory: subdirectory).hashValue)
    }
  }

  private mutating func apply(
    _ fold: DuplicateMerge, _ projects: [ProjectID: Project], ours: ObjectID,
    in store: borrowing RegistryStore
  ) throws {
    guard var kept = projects[fold.kept] else { return }
    for id in fold.dropped {
      guard let dropped = projects[id] else { continue }
      kept = Duplicates.combine(kept: kept, dropped: dropped, now: now)
      changes[.project(id)] = .some(nil)
      for machine in owners[id] ?? [] {
        guard let value = try merged(.checkout(machine, id), ours, store) else { continue }
        var checkout = try Checkout(json: value)
        if let other = try merged(.checkout(machine, fold.kept), ours, store) {
          checkout = Duplicates.combine(kept: try Checkout(json: other), dropped: checkout)
        }
        changes[.checkout(machine, id)] = .some(nil)
        changes[.checkout(machine, fold.kept)] = .new(checkout.json)
        owners[fold.kept, default: []].insert(machine)
      }
      report(.registeredTwice(name: kept.name, kept: fold.kept, dropped: id))
    }
    changes[.project(fold.kept)] = .new(kept.json)
  }

  /// The machines that have checkouts of projects on either side.
  private func owners(
    of ids: Set<ProjectID>, _ ours: ObjectID, _ store: borrowing RegistryStore
  ) throws -> [ProjectID: Set<MachineID>] {
    var owners = try store.checkouts(of: ids, in: ours).mapValues { Set($0.keys) }
    if ids.isEmpty { return owners }
    changes.forEach { path, _ in
      if case .checkout(let machine, let id) = path, ids.contains(id) {
        owners[id, default: []].insert(machine)
      }
    }
    return owners
  }

  // MARK: This machine's own

  /// Settles this machine's checkouts of projects that the merge removed: where the other side made the project one with
  /// another, they move to that project; otherwise they are removed. Other machines settle their own.
  private mutating func settleOwn(ours: ObjectID, in store: borrowing RegistryStore) throws {
    let me = store.machine.id
    var removed: [ProjectID] = []
    changes.forEach { path, value in
      guard case .project(let id) = path, value == nil else { return }
      if changes[.checkout(me, id)] == nil { removed.append(id) }
    }
    let own = try removed.sorted().compactMap { id in
      try store.blob(at: .checkout(me, id), in: ours).map { blob in
        (id: id, blob: blob, key: (try? store.project(id, in: ours))?.duplicateKey?.hashValue)
      }
    }
    // What each may have been made one with is found in one walk: the other side may have removed all that is here.
    var heirs: [Int: [ProjectID]] = [:]
    for case let key? in own.map(\.key) { heirs[key] = [] }
    if !heirs.isEmpty {
      forEachKey(in: try store.view(of: ours)) { if heirs[$1] != nil { heirs[$1]?.append($0) } }
    }
    for (id, blob, key) in own {
      changes[.checkout(me, id)] = .some(nil)
      let candidates = key.flatMap { heirs[$0] } ?? []
      guard let successor = try successor(of: id, among: candidates, ours: ours, in: store) else { continue }
      var checkout = try Checkout(json: store.json(blob))
      if let other = try merged(.checkout(me, successor), ours, store) {
        checkout = Duplicates.combine(kept: try Checkout(json: other), dropped: checkout)
      }
      changes[.checkout(me, successor)] = .new(checkout.json)
    }
  }

  /// The project of the merged tree that a removed one was made one with, by the rule by which all machines do so.
  private func successor(
    of id: ProjectID, among candidates: [ProjectID], ours: ObjectID, in store: borrowing RegistryStore
  ) throws -> ProjectID? {
    guard !candidates.isEmpty, let removed = try? store.project(id, in: ours) else { return nil }
    for candidate in candidates.sorted() where candidate != id {
      guard let value = try merged(.project(candidate), ours, store), let project = try? Project(json: value),
        Duplicates.folds(in: [removed, project]).first?.kept == candidate
      else { continue }
      return candidate
    }
    return nil
  }

  /// Tells of what the other side has below this machine's own name and this machine never wrote. None of it is taken,
  /// whatever it is.
  private mutating func setAsideForeign(ours: ObjectID, in store: borrowing RegistryStore) throws {
    var strange: [TreeChange] = []
    for change in foreign {
      let own: ObjectID? =
        switch changes[change.path] {
        case .some(.some(.blob(let id))): id
        case .some(.some(.new(let json))): try ObjectID.hash(blob: json.canonical)
        case .some(.none): nil
        case .none: try store.blob(at: change.path, in: ours)
        }
      if own != change.new { strange.append(change) }
    }
    guard !strange.isEmpty else { return }
    if strange.contains(where: { $0.path == .machine(store.machine.id) && $0.new == nil }) {
      setAside(.entry(.machine(store.machine.id)), .removedThisMachine(name: store.machine.name))
      strange.removeAll { $0.new == nil }
      if strange.isEmpty { return }
    }
    // A remote that lags behind, or was restored from a backup, has what this machine wrote once.
    let former = try store.ownHistory(of: ours, at: Set(strange.map(\.path)))
    strange.removeAll { change in change.new.map { former[change.path]?.contains($0) ?? false } ?? false }
    for change in strange {
      setAside(.entry(change.path), change.new == nil ? .removedOwn : .changedOwn)
    }
    if !strange.isEmpty { report(.ownWillBeRestored) }
  }
}

/// The hashes of the keys of projects, in the order of these.
private struct ProjectKeys {
  private var hashes: [(id: ProjectID, hash: Int?)] = []

  var isEmpty: Bool { hashes.isEmpty }

  /// Adds a project behind all others; nil for one that has no key.
  mutating func append(_ id: ProjectID, _ hash: Int?) { hashes.append((id, hash)) }

  /// Whether a project is among them.
  func has(_ id: ProjectID) -> Bool { hashes.sortedIndex(of: id, by: \.id) != nil }

  /// Calls `body` with each that has a key.
  func forEach(_ body: (ProjectID, Int) -> Void) {
    for case (let id, let hash?) in hashes { body(id, hash) }
  }
}
