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
    let owners = try machineIDs(in: commit)
    return try ids.sorted().map { id in
      var part = ViewParts(id: id, project: try blob(at: .project(id), in: commit))
      for owner in owners {
        guard let blob = try blob(at: .checkout(owner, id), in: commit) else { continue }
        part.add(blob, of: owner, own: machine.id)
      }
      return part
    }
  }

  /// What a commit has of all projects, by id.
  func viewParts(in commit: ObjectID) throws -> [ViewParts] {
    let entries = try changes(from: nil, to: commit).changes
    var projects: [ProjectID: ObjectID] = [:]
    for case (.project(let id), let blob?) in entries.lazy.map({ ($0.path, $0.new) }) { projects[id] = blob }
    var parts = projects.map { ViewParts(id: $0.key, project: $0.value) }.sorted { $0.id < $1.id }
    var places: [ProjectID: Int] = [:]
    places.reserveCapacity(parts.count)
    for (place, part) in parts.enumerated() { places[part.id] = place }
    for case (.checkout(let owner, let id), let blob?) in entries.lazy.map({ ($0.path, $0.new) }) {
      if let place = places[id] { parts[place].add(blob, of: owner, own: machine.id) }
    }
    return parts
  }

  /// Reads the rows of projects. One that cannot be read is left out, and told of.
  func readRows(_ parts: [ViewParts]) throws -> ReadRows {
    let shares = try readShares(of: parts, from: \.project, into: RowShare()) {
      share, number, part, repository in
      share.read(part, number, in: repository)
    }
    let rows = ReadRows(shares.map(\.gathered), count: parts.count)
    for (number, error) in rows.failures { delegate.note(.leftOut(parts[number].id, error)) }
    return rows
  }
}

/// Rows that one thread has read, one behind the other as they stand in a view's file: each for itself would take twice the memory.
private struct RowShare: Sendable {
  var lines: [UInt8] = []
  var rows: [(number: Int, range: Range<Int>)] = []
  var failures: [(number: Int, error: any Error)] = []

  mutating func read(_ part: ViewParts, _ number: Int, in repository: borrowing Repository) {
    do {
      guard let row = try part.row(in: repository) else { return }
      let start = lines.count
      row.append(to: &lines)
      rows.append((number, start..<lines.count))
    } catch {
      failures.append((number, error))
    }
  }
}

/// The rows of many projects, in the order of these.
struct ReadRows {
  private let shares: [RowShare]
  /// Where each stands: in which share, and where there; a negative share for none.
  private var places: [(share: Int32, row: Int32)]
  /// The projects that could not be read, by their numbers.
  let failures: [(number: Int, error: any Error)]

  /// Whether all could be read.
  var isComplete: Bool { failures.isEmpty }

  fileprivate init(_ shares: [RowShare], count: Int) {
    self.shares = shares
    places = Array(repeating: (-1, 0), count: count)
    for (share, rows) in shares.enumerated() {
      for (row, (number, _)) in rows.rows.enumerated() { places[number] = (Int32(share), Int32(row)) }
    }
    failures = shares.flatMap(\.failures).sorted { $0.number < $1.number }
  }

  /// Calls `body` with the number of each project and its row, with its end.
  func forEach(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
    for (number, place) in places.enumerated() where place.share >= 0 {
      let share = shares[Int(place.share)]
      share.lines.withUnsafeBytes { lines in
        body(number, UnsafeRawBufferPointer(rebasing: lines[share.rows[Int(place.row)].range]))
      }
    }
  }
}
