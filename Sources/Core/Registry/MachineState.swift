import ByteStrings

/// What a machine says of its checkouts, as it last looked at them: the tree of `refs/dev-infra/state/<M>`.
///
/// It is written by that machine alone, as a whole, and replaced by the next. The state of one place is an object of
/// dev-infra-ls-state(1); what this version does not know in it is passed over.
public struct MachineState: Equatable, Sendable {
  /// What it says of the places of one project.
  public struct Entry: Equatable, Sendable {
    /// When they were looked at, where that was before the rest.
    public var taken: Timestamp?
    /// The state of each place.
    public var places: [JSON]

    /// An entry of its parts.
    public init(taken: Timestamp? = nil, places: [JSON]) {
      self.taken = taken
      self.places = places
    }
  }

  /// The machine whose checkouts these are, and which alone writes this.
  public let machine: MachineID
  /// When it looked.
  public var taken: Timestamp
  /// What it found, by project.
  public var projects: [ProjectID: Entry] = [:]
  /// The projects that may hold something that is nowhere else, so that nobody has to read all of them to find out; nil where the
  /// machine does not say, as older versions do not.
  public var unsaved: Set<ProjectID>?

  /// The state of a machine of which nothing is known yet.
  public init(machine: MachineID, taken: Timestamp) {
    self.machine = machine
    self.taken = taken
  }

  /// When the places of a project were looked at.
  public func time(of id: ProjectID) -> Timestamp { projects[id]?.taken ?? taken }
}

extension MachineState {
  /// The name of the file that says whose state it is.
  public static let recordName = "machine.json"
  /// Bytes of a file at most.
  public static let fileLimit = 256 << 10
  /// Ids of ``unsaved`` at most, for which its file has room.
  private static let unsavedLimit = 5000
  /// How many branches of a place are recorded: the first of these numbers with which the file is not too
  /// large.
  private static let branchLimits = [1000, 100, 10, 1, 0]

  /// The name of the file that has a project.
  public static func fileName(of id: ProjectID) -> String { "\(id.hex.prefix(2)).json" }

  /// Whether a file of this name has projects.
  public static func isShard(_ name: String) -> Bool {
    name.utf8.count == 7 && name.ends(with: ".json")
      && name.utf8.prefix(2).allSatisfy { MachineID.isDigit($0) }
  }

  /// The files of the tree: whose state it is, and the projects, in one file for each two digits that an id begins with.
  /// What one file has no room for is left out of it: branches first, those that are on a remote before others, and then
  /// projects.
  public var files: [String: File] {
    Dictionary(uniqueKeysWithValues: makers.map { ($0.name, $0.make()) })
  }

  /// The names of ``files``, each with a function that makes it: several threads may make them at once.
  package var makers: [(name: String, make: @Sendable () -> File)] {
    let record = record
    var makers: [(name: String, make: @Sendable () -> File)] = [(Self.recordName, { File(record) })]
    for (name, entries) in Dictionary(grouping: projects, by: { Self.fileName(of: $0.key) }) {
      makers.append((name, { Self.file(of: entries.sorted { $0.key < $1.key }) }))
    }
    return makers
  }

  /// A file of the tree.
  public struct File: Equatable, Sendable {
    /// What it holds.
    public let value: JSON
    /// The canonical JSON of ``value``: the bytes of the blob.
    public let bytes: [UInt8]

    fileprivate init(_ value: JSON) {
      self.value = value
      bytes = value.canonical
    }
  }

  private var record: JSON {
    var members: JSON.Members = ["id": .string(machine.hex), "taken": .string(taken.description)]
    if let unsaved, unsaved.count <= Self.unsavedLimit {
      members[Self.unsavedKey] = .array(unsaved.sorted().map { .string($0.hex) })
    }
    return .object(members)
  }

  private static let unsavedKey = "unsaved"

  /// What ``record`` has of ``unsaved``; anything but a list of ids says nothing.
  private static func unsaved(_ value: JSON?) -> Set<ProjectID>? {
    guard let items = value?.array, items.count <= unsavedLimit else { return nil }
    let ids = Set(items.compactMap { $0.string.flatMap { ProjectID($0) } })
    return ids.count == items.count ? ids : nil
  }

  private static func file(of entries: [(key: ProjectID, value: Entry)]) -> File {
    for limit in branchLimits {
      var members: JSON.Members = [:]
      for (id, entry) in entries { members[id.hex] = json(of: entry, branches: limit) }
      let file = File(.object(members))
      if file.bytes.count <= fileLimit { return file }
    }
    // Whole projects are left out, those first in which nothing is left undone.
    var (members, room): (JSON.Members, Int) = ([:], fileLimit)
    for (id, entry) in entries.filter({ isUndone($0.value) }) + entries.filter({ !isUndone($0.value) }) {
      let value = json(of: entry, branches: 0)
      let size = JSON.object([id.hex: value]).canonical.count
      guard size <= room else { continue }
      members[id.hex] = value
      room -= size
    }
    return File(.object(members))
  }

  private static func json(of entry: Entry, branches limit: Int) -> JSON {
    var fields: JSON.Members = ["places": .array(entry.places.map { cut($0, toBranches: limit) })]
    fields["taken"] = entry.taken.map { .string($0.description) }
    return .object(fields)
  }

  private static func isUndone(_ entry: Entry) -> Bool {
    entry.places.contains { place in
      ["staged", "changed", "conflicted", "unsure", "untracked", "stashes", "head_only"].contains { key in
        if case .number(let text)? = place[key] { text != "0" } else { false }
      } || place["operation"]?.string != nil
        || place["error"]?.string != nil && place["missing"] != .bool(true)
        || place["branches"]?.array?.contains { $0["on_remote"] == .bool(false) } ?? false
    }
  }

  private static func cut(_ place: JSON, toBranches limit: Int) -> JSON {
    guard var members = place.object, let branches = members["branches"]?.array, branches.count > limit else {
      return place
    }
    let current = members["branch"]?.string
    func rank(_ branch: JSON) -> Int {
      if let current, let name = branch["name"]?.string, name.hasSameBytes(as: current) { return 0 }
      return branch["on_remote"] == .bool(false) ? 1 : 2
    }
    let ranked = (0...2).flatMap { level in branches.filter { rank($0) == level } }
    members["branches"] = .array(Array(ranked.prefix(limit)))
    members["branches_left_out"] = .integer(branches.count - limit)
    return .object(members)
  }

  /// Reads the file that says whose state it is.
  ///
  /// - Throws: ``InvalidEntry`` with the first thing that is wrong.
  public init(machine: MachineID, record: JSON) throws(InvalidEntry) {
    var reader = try EntryReader(record)
    let id = try reader.required("id", as: .machineID) { MachineID($0) }
    guard id == machine else { throw InvalidEntry("id", .otherMachine(id)) }
    self.machine = machine
    taken = try reader.required("taken", as: .time) { Timestamp($0) }
    unsaved = Self.unsaved(reader.value(Self.unsavedKey))
    _ = try reader.rest()
  }

  /// All of it as one object, as a service gives and takes it: what ``recordName`` has, and `projects` by their ids.
  public var json: JSON {
    var members: JSON.Members = [:]
    var projects: JSON.Members = [:]
    for (name, file) in files {
      for (key, value) in file.value.object ?? [:] {
        if name == Self.recordName { members[key] = value } else { projects[key] = value }
      }
    }
    members["projects"] = .object(projects)
    return .object(members)
  }

  /// Reads what ``json`` made; other keys are passed over.
  ///
  /// - Throws: ``InvalidEntry`` with the first thing that is wrong.
  public init(machine: MachineID, json: JSON) throws(InvalidEntry) {
    guard let members = json.object else { throw InvalidEntry(nil, .notAnObject) }
    var record: JSON.Members = [:]
    for key in ["id", "taken", Self.unsavedKey] { record[key] = members[key] }
    try self.init(machine: machine, record: .object(record))
    guard let projects = members["projects"]?.object else { throw InvalidEntry("projects", .notAnObject) }
    for (key, value) in projects {
      guard let id = ProjectID(key) else { throw InvalidEntry(nil, .otherProject(key)) }
      try add(.object([key: value]), named: Self.fileName(of: id))
    }
  }

  /// Takes in the projects of another file.
  ///
  /// - Throws: ``InvalidEntry`` with the first thing that is wrong.
  public mutating func add(_ shard: JSON, named name: String) throws(InvalidEntry) {
    guard let members = shard.object else { throw InvalidEntry(nil, .notAnObject) }
    for (key, value) in members {
      guard let id = ProjectID(key), Self.fileName(of: id) == name else {
        throw InvalidEntry(nil, .otherProject(key))
      }
      guard let places = value["places"]?.array, places.count <= Limits.places,
        places.allSatisfy({
          $0["path"]?.string.map { !$0.isEmpty && $0.utf8.count <= 8 * Limits.path } ?? false
        })
      else {
        throw InvalidEntry("places", .places)
      }
      var time: Timestamp?
      if let given = value["taken"] {
        guard let known = given.string.flatMap({ Timestamp($0) }) else {
          throw InvalidEntry("taken", .not(.time))
        }
        time = known
      }
      projects[id] = Entry(taken: time, places: places)
    }
  }
}
