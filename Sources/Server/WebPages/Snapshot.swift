public import Registry

/// What the registry says at one moment, laid out for pages that look at all of it.
public final class Snapshot: Sendable {
  /// A machine, as lists show it.
  public struct Machine: Sendable {
    /// Its id.
    public let id: MachineID
    /// What it is called, told apart from others of that name.
    public let name: String
    /// What runs on it.
    public let system: String
    /// When it joined.
    public let firstSeen: Timestamp?
    /// When it last pushed.
    public let lastPush: Timestamp?
    /// When it last said how its checkouts are.
    public let stateTaken: Timestamp?
    /// Whether the server runs on it.
    public let isHere: Bool
    /// How many projects it has.
    public internal(set) var projects = 0
    /// How many of them are on no other machine.
    public internal(set) var alone = 0
    /// Those in which work was left that is nowhere else, by their places among all.
    public internal(set) var unsaved: [Int] = []

    init(
      id: MachineID, name: String, system: String, firstSeen: Timestamp?, lastPush: Timestamp?,
      stateTaken: Timestamp?, isHere: Bool
    ) {
      self.id = id
      self.name = name
      self.system = system
      self.firstSeen = firstSeen
      self.lastPush = lastPush
      self.stateTaken = stateTaken
      self.isHere = isHere
    }
  }

  /// How a project is on one machine.
  struct Cell: Sendable {
    /// What stands out of its places there.
    let kind: PlaceState.Kind
    /// Whether any of them may have what is nowhere else, whatever stands out.
    let isUnsaved: Bool
    /// Of the last commit there; nil where that is not known.
    let lastCommit: Timestamp?
    /// When that was so.
    let taken: Timestamp?
  }

  /// A project, as lists show it.
  struct Project: Sendable {
    let id: String
    let name: String
    let description: String
    let status: String
    let remoteURL: String
    let updated: Timestamp
    /// What it has of each facet, by the places of the values there; in the order of the facets.
    let values: [[Int]]
    /// By the machine's place among all.
    let cells: [Int: Cell]
    /// The counts that it is part of.
    let findings: Finding.Set
    /// What a search looks through, in small letters.
    let searched: [UInt8]

    /// What is most urgent on any machine.
    var urgency: PlaceState.Kind { cells.values.map(\.kind).min() ?? .unknown }
    /// When its last commit was made, on any machine.
    var lastCommit: Timestamp? { cells.values.compactMap(\.lastCommit).max() }
  }

  /// The commit of the registry.
  public let commit: String
  /// The machines, by name.
  public let machines: [Machine]
  /// The projects, by name.
  let projects: [Project]
  /// The values of each facet.
  let values: [Facet: [String]]
  /// Whether any machine says how its checkouts are.
  let hasStates: Bool

  init(
    commit: String, machines: [Machine], projects: [Project], values: [Facet: [String]]
  ) {
    self.commit = commit
    self.projects = projects
    self.values = values
    hasStates = machines.contains { $0.stateTaken != nil }
    var machines = machines
    for (place, project) in projects.enumerated() {
      for (index, cell) in project.cells {
        machines[index].projects += 1
        if project.cells.count == 1 { machines[index].alone += 1 }
        if cell.isUnsaved { machines[index].unsaved.append(place) }
      }
    }
    self.machines = machines
  }
}

/// What projects are told apart by in a list.
enum Facet: String, CaseIterable, Hashable, Sendable {
  case status
  case type
  case classification
  case organization
  case tag
  case machine

  /// Its place among all.
  var index: Int {
    switch self {
    case .status: 0
    case .type: 1
    case .classification: 2
    case .organization: 3
    case .tag: 4
    case .machine: 5
    }
  }

  /// What people call it.
  var title: String {
    switch self {
    case .status: "Status"
    case .type: "Type"
    case .classification: "Classification"
    case .organization: "Organization"
    case .tag: "Tag"
    case .machine: "Machine"
    }
  }
}

/// What is worth a look, counted over all projects; each is a filter.
enum Finding: String, CaseIterable, Sendable {
  case unsaved
  case alone
  case noRemote = "no-remote"
  case gone
  case idle
  case conflicts

  /// What people call it.
  var title: String {
    switch self {
    case .unsaved: "not saved anywhere"
    case .alone: "on one machine only"
    case .noRemote: "no remote"
    case .gone: "directory gone"
    case .idle: "idle over a year"
    case .conflicts: "conflicts at the last pull"
    }
  }

  /// What it counts.
  var explanation: String {
    switch self {
    case .unsaved: "work that is on one machine and on no remote"
    case .alone: "projects that a single machine has"
    case .noRemote: "projects that no remote is known of"
    case .gone: "projects whose directory was not there any more"
    case .idle: "projects whose last commit is more than a year old"
    case .conflicts: "projects of which two machines had changed the same field, so that one value gave way"
    }
  }

  /// Whether machines have to say how their checkouts are.
  var needsStates: Bool { self == .unsaved || self == .gone || self == .idle }

  /// Several of them.
  struct Set: OptionSet, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ finding: Finding) {
      rawValue = 1 << UInt8(Finding.allCases.firstIndex(of: finding) ?? 0)
    }
  }
}
