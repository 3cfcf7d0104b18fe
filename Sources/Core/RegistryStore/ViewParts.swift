import Git
import SystemSupport
import Registry
import RegistryIndex

/// What a commit has of one project, of which its row in the view is made.
struct ViewParts: Sendable {
  let id: ProjectID
  /// The entry.
  var project: ObjectID?
  /// Where it is on this machine.
  var here: ObjectID?
  /// The machines that have it.
  var machines: [MachineID] = []

  fileprivate mutating func add(_ checkout: ObjectID, of owner: MachineID, own: MachineID) {
    machines.append(owner)
    if owner == own { here = checkout }
  }

  /// Adds the first one.
  fileprivate mutating func begin(_ checkout: ObjectID, of owner: [MachineID], own: MachineID) {
    machines = owner
    if owner == [own] { here = checkout }
  }

  /// The row; nil where there is no such project.
  fileprivate func row(in repository: borrowing Repository) throws -> ViewRow? {
    guard let blob = project else { return nil }
    var project = try Project(json: RegistryStore.json(blob, in: repository))
    let checkout = here.flatMap { try? Checkout(json: RegistryStore.json($0, in: repository)) }
    if let checkout { project = project.seen(from: checkout) }
    return ViewRow(
      project, key: project.duplicateKey?.url ?? "", paths: checkout?.ranked.map(\.path.text) ?? [],
      machines: machines.sorted())
  }
}

extension RegistryStore {
  /// What a commit has of these projects, by id.
  func viewParts(of ids: Set<ProjectID>, in commit: ObjectID) throws -> [ViewParts] {
    var parts = try ids.sorted().map { ViewParts(id: $0, project: try blob(at: .project($0), in: commit)) }
    let places = Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($1.id, $0) })
    try forEachCheckout(of: ids, in: commit) { owner, id, blob in
      if let place = places[id] { parts[place].add(blob, of: owner, own: machine.id) }
    }
    return parts
  }

  /// What a commit has of all projects, by id.
  func viewParts(in commit: ObjectID) throws -> [ViewParts] {
    var parts: [ViewParts] = []
    var checkouts: [(owner: MachineID, id: ProjectID, blob: ObjectID)] = []
    try forWholeTree(of: [commit]) { repository in
      try TreeReader.forEachEntry(of: repository.commit(commit).tree, in: repository) { path, blob in
        switch path {
        case .project(let id): parts.append(ViewParts(id: id, project: blob))
        case .checkout(let owner, let id): checkouts.append((owner, id, blob))
        case .machine, .format, .unknown: break
        }
      }
    }
    // git keeps a tree sorted. One that was made otherwise may even have a name twice.
    if zip(parts, parts.dropFirst()).contains(where: { $0.id >= $1.id }) {
      parts = Dictionary(parts.map { ($0.id, $0) }) { $1 }.values.sorted { $0.id < $1.id }
    }
    // Most projects are on one machine, and their lists of machines are the same one.
    var alone: [MachineID: [MachineID]] = [:]
    var next = 0
    for (owner, id, blob) in checkouts {
      guard let place = Self.place(of: id, in: parts, next) else { continue }
      next = place + 1
      if parts[place].machines.isEmpty {
        let list = alone[owner] ?? [owner]
        alone[owner] = list
        parts[place].begin(blob, of: list, own: machine.id)
      } else {
        parts[place].add(blob, of: owner, own: machine.id)
      }
    }
    return parts
  }

  /// Where a project is among these, which are sorted; often it is the next one.
  private static func place(of id: ProjectID, in parts: [ViewParts], _ next: Int) -> Int? {
    if next < parts.count, parts[next].id == id { return next }
    return parts.sortedIndex(of: id, by: \.id)
  }

  /// How many projects' rows are in memory at a time: for each such part the packs' common data is read anew.
  private static func rowsAtATime(of count: Int) -> Int { max(50_000, count / 4) }

  /// Reads the rows of projects, in their order, and calls `body` with each as it stands in a view's file, with its end.
  ///
  /// - Returns: those that could not be read, and are left out.
  func forEachRow(
    of parts: [ViewParts], _ body: (UnsafeRawBufferPointer) -> Void
  ) throws -> [UnreadProject] {
    var unread: [UnreadProject] = []
    try readRows(parts, Self.rowsAtATime(of: parts.count)) { rows in
      rows.forEach { body($1) }
      unread += rows.failures
    }
    return unread
  }

  /// Reads the rows of projects, so many at a time.
  private func readRows(_ parts: [ViewParts], _ count: Int, _ take: (ReadRows) throws -> Void) throws {
    try readParts(of: parts, count, from: { [$0.project, $0.here] }, into: RowShare()) {
      share, number, part, repository in
      share.read(part, number, in: repository)
    } _: {
      try take(ReadRows($1.map(\.gathered), of: $0))
    }
  }

  /// Reads the rows of projects.
  func readRows(_ parts: [ViewParts]) throws -> ReadRows {
    var all = ReadRows([], of: 0..<0)
    try readRows(parts, parts.count) { all = $0 }
    return all
  }
}

/// A project whose row could not be read, and why.
typealias UnreadProject = (id: ProjectID, error: any Error)

/// Rows that one thread has read, one behind the other as they stand in a view's file: each for itself would take twice the memory.
private struct RowShare: Sendable {
  var lines: [UInt8] = []
  var rows: [(number: Int, range: Range<Int>)] = []
  var failures: [UnreadProject] = []

  mutating func read(_ part: ViewParts, _ number: Int, in repository: borrowing Repository) {
    do {
      guard let row = try part.row(in: repository) else { return }
      let start = lines.count
      row.append(to: &lines)
      rows.append((number, start..<lines.count))
    } catch {
      failures.append((part.id, error))
    }
  }
}

/// The rows of many projects, in the order of these.
struct ReadRows {
  private let shares: [RowShare]
  /// The number of the first.
  private let first: Int
  /// Where each stands: in which share, and where there; a negative share for none.
  private var places: [(share: Int32, row: Int32)]
  /// The projects that could not be read, by id.
  let failures: [UnreadProject]

  fileprivate init(_ shares: [RowShare], of numbers: Range<Int>) {
    self.shares = shares
    first = numbers.lowerBound
    places = Array(repeating: (-1, 0), count: numbers.count)
    for (share, rows) in shares.enumerated() {
      for (row, (number, _)) in rows.rows.enumerated() { places[number - first] = (Int32(share), Int32(row)) }
    }
    failures = shares.flatMap(\.failures).sorted { $0.id < $1.id }
  }

  /// Calls `body` with the number of each project and its row, with its end.
  func forEach(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
    for (number, place) in places.enumerated() where place.share >= 0 {
      let share = shares[Int(place.share)]
      share.lines.withUnsafeBytes { lines in
        body(first + number, UnsafeRawBufferPointer(rebasing: lines[share.rows[Int(place.row)].range]))
      }
    }
  }
}
