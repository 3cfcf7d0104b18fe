import Git
import SystemSupport
import ByteStrings
public import Registry
import RegistryIndex
public import SystemPackage

/// A machine that takes part in the registry, with what the registry knows of it.
public struct KnownMachine: Sendable {
  /// Its id.
  public let id: MachineID
  /// What it is called; its id where it says nothing of itself.
  public let name: String
  /// What it says of itself; nil where that is missing or cannot be read.
  public let entry: Machine?
  /// The projects that it has.
  public let projects: [ProjectID]
  /// When it last pushed; nil where that is not known.
  public let lastPush: Timestamp?
  /// Whether it is this one.
  public let isHere: Bool

  /// A machine of its parts.
  public init(
    id: MachineID, name: String, entry: Machine?, projects: [ProjectID], lastPush: Timestamp?, isHere: Bool
  ) {
    (self.id, self.name, self.entry) = (id, name, entry)
    (self.projects, self.lastPush, self.isHere) = (projects, lastPush, isHere)
  }

  /// All of it, as `dev-infra machine --json` prints it.
  public var json: JSON {
    var members = entry.flatMap { $0.json.object } ?? ["id": .string(id.hex)]
    members["name"] = .string(name)
    members["last_pushed"] = lastPush.map { .string($0.description) } ?? .null
    members["here"] = .bool(isHere)
    members["projects"] = .array(projects.map { .string($0.hex) })
    return .object(members)
  }
}

extension [KnownMachine] {
  /// The projects that some of these machines have, and no other one.
  public func projects(onlyOn machines: [KnownMachine]) -> Set<ProjectID> {
    let others = filter { machine in !machines.contains { $0.id == machine.id } }
    return Set(machines.flatMap(\.projects)).subtracting(others.flatMap(\.projects))
  }
}

extension [MachineID: Machine] {
  /// What a machine is called; its id where it says nothing of itself.
  func name(of id: MachineID) -> String { self[id]?.name ?? id.hex }
}

/// What became of a machine's projects when this one took its place.
public struct Succession: Sendable {
  /// Those that are on this machine now, with their names.
  public var here: [(name: String, path: FilePath)] = []
  /// The names of those that are not.
  public var missing: [String] = []
  /// What is odd about them.
  public var warnings: [RegistrationWarning] = []

  /// Nothing yet.
  public init() {}
}

extension RegistryStore {
  /// The commits that are looked through for when a machine last pushed.
  private static let historyLimit = 20_000

  /// Whether main has another machine that is called so.
  public func hasMachine(named name: String) throws -> Bool {
    let main = try main()
    let entries = try machines(in: main)
    return try machineIDs(in: main).contains { id in
      id != machine.id && entries.name(of: id).hasSameBytes(as: name)
    }
  }

  /// The machines of main, by name and id. This one is among them also where it has not registered anything yet.
  public func knownMachines() throws -> [KnownMachine] {
    let main = try main()
    let entries = try machines(in: main)
    var projects: [MachineID: [ProjectID]] = [:]
    for id in try machineIDs(in: main) + [machine.id] { projects[id] = projects[id] ?? [] }
    for part in try viewParts(of: nil, in: main) where part.project != nil {
      for owner in part.machines { projects[owner, default: []].append(part.id) }
    }
    let pushes = try lastPushes(of: Set(projects.keys), main)
    return projects.map { id, projects in
      let name = id == machine.id ? machine.name : entries.name(of: id)
      return KnownMachine(
        id: id, name: name, entry: entries[id], projects: projects.sorted(),
        lastPush: pushes[id], isHere: id == machine.id)
    }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
  }

  /// When machines last pushed, told by the newest commit of each that others have. Where a remote keeps no history, as a
  /// work-prod service, it is when a machine last changed a project.
  private func lastPushes(of machines: Set<MachineID>, _ main: ObjectID) throws -> [MachineID: Timestamp] {
    let remotes = try repository.references(withPrefix: "refs/remotes/").map(\.target)
    var found: [MachineID: Timestamp] = [:]
    // What main has of this machine may not have been pushed; what it has of others has been.
    let own: Set = [machine.id]
    for (starts, wanted) in [(remotes, own), ([main] + remotes, machines.subtracting(own))] {
      var wanted = wanted
      if starts.isEmpty || wanted.isEmpty { continue }
      try repository.walk(from: starts, limit: Self.historyLimit) { commit in
        let email = commit.committer.email
        guard email.ends(with: Self.machineDomain),
          let id = MachineID(email.dropLast(Self.machineDomain.count)), wanted.remove(id) != nil
        else { return true }
        let (milliseconds, isTooLarge) = commit.committer.seconds.multipliedReportingOverflow(by: 1000)
        if !isTooLarge { found[id] = Timestamp(milliseconds: milliseconds) }
        return !wanted.isEmpty
      }
    }
    let silent = machines.subtracting(found.keys).subtracting([machine.id])
    guard !silent.isEmpty else { return found }
    for row in try view().rows {
      guard let id = MachineID(row[.updatedBy]), silent.contains(id), let time = Timestamp(row[.updated])
      else { continue }
      found[id] = max(found[id] ?? time, time)
    }
    return found
  }

  /// The machine that a person names: by its id or the beginning of that, or its name.
  ///
  /// - Throws: ``RegistryStoreError`` when there is none, or when there are several.
  public func machine(named text: String, among machines: [KnownMachine]) throws -> KnownMachine {
    let named = machines.filter { $0.id.hex == text }
    let called = named.isEmpty ? machines.filter { $0.name.hasSameBytes(as: text) } : named
    let isBeginning = text.utf8.count >= 4 && text.utf8.allSatisfy { MachineID.isDigit($0) }
    let found = called.isEmpty && isBeginning ? machines.filter { $0.id.hex.begins(with: text) } : called
    guard let first = found.first else {
      throw RegistryStoreError.unknownMachine(text)
    }
    guard found.count == 1 else { throw RegistryStoreError.ambiguousMachine(text, found) }
    return first
  }

  /// The machines that a person names, each once.
  ///
  /// - Throws: as ``machine(named:among:)``.
  public func machines(named texts: [String], among machines: [KnownMachine]) throws -> [KnownMachine] {
    var seen: Set<MachineID> = []
    return try texts.map { try machine(named: $0, among: machines) }.filter { seen.insert($0.id).inserted }
  }

  /// Takes machines out of the registry, with all their checkouts. Other machines drop them when they pull; one that is still
  /// in use comes back with its next push.
  public func remove(_ machines: [KnownMachine]) throws {
    let names = machines.map { "\($0.name.visible) (\($0.id))" }
    try update { base in
      let entries = try entries(of: machines.map(\.id), in: base)
      // What is gone already leaves nothing to do. This machine is not to be put back by the same commit.
      return entries.isEmpty
        ? nil : RegistryChange(entries, message: Self.machineMessage("Remove", names), isOwn: false)
    }
    try dropStates()
  }

  /// Drops what machines say of their checkouts that are not part of main any more.
  private func dropStates() throws {
    let lock = try lock()
    defer { _ = lock.isHeld }
    try dropStates(besideThoseOf: main())
  }

  /// What takes out all that a commit has of machines.
  private func entries(of machines: [MachineID], in commit: ObjectID) throws -> [EntryPath: JSON?] {
    let owners = Set(machines)
    var entries: [EntryPath: JSON?] = [:]
    for change in try changes(from: nil, to: commit).changes {
      if let owner = change.path.owner, owners.contains(owner) { entries[change.path] = .some(nil) }
    }
    return entries
  }

  /// Makes this machine the successor of another one: what that one had and is here becomes this one's, and it is taken out.
  ///
  /// - Parameter dryRun: only tell what would be done.
  public func succeed(_ former: KnownMachine, dryRun: Bool) throws -> Succession {
    var result = Succession()
    func plan(_ base: ObjectID) throws -> RegistryChange? {
      result = Succession()
      var planner = try RegistrationPlanner(self, base: base)
      for id in former.projects {
        guard let project = try project(id, in: base) else { continue }
        let known = try? checkout(id, of: former.id, in: base)
        var isHere = try checkout(id, of: machine.id, in: base) != nil
        for place in known?.ranked ?? [] {
          guard let directory = find(place.path, of: former, for: id, by: &planner) else { continue }
          let registration = try planner.register(directory, as: id, in: self)
          result.warnings += registration.warnings
          result.here.append((project.name, directory.path))
          if let known { planner.carry(known, to: id) }
          isHere = true
        }
        if !isHere { result.missing.append(project.name) }
      }
      var entries = planner.entries
      let gone = try self.entries(of: [former.id], in: base)
      entries.merge(gone) { planned, _ in planned }
      if let entry = former.entry, !entry.unknown.isEmpty {
        for (path, value) in try succeeding(entry, in: base) { entries[path] = .some(value) }
      }
      // What this version does not know is this machine's from now on, where it has nothing of that name itself.
      var blobs: [EntryPath: ObjectID?] = [:]
      for case .unknown(let place) in gone.keys {
        guard let own = place.moved(to: machine.id), try blob(at: .unknown(own), in: base) == nil else {
          continue
        }
        blobs[.unknown(own)] = .some(try blob(at: .unknown(place), in: base))
      }
      let names = ["\(former.name.visible) (\(former.id)) into \(machine.name.visible)"]
      return RegistryChange(entries, blobs: blobs, message: Self.machineMessage("Merge", names))
    }
    if dryRun {
      _ = try plan(main())
    } else {
      try update(plan)
      try dropStates()
    }
    return result
  }

  /// This machine's own record with the keys of its predecessor that this version does not know.
  private func succeeding(_ former: Machine, in base: ObjectID) throws -> [EntryPath: JSON] {
    let path = EntryPath.machine(machine.id)
    let value = try machineEntry(in: base)[path] ?? blob(at: path, in: base).map { try json($0) }
    guard let value, var own = try? Machine(json: value) else { return [:] }
    own.unknown = former.unknown.merging(own.unknown) { _, own in own }
    return [path: own.json]
  }

  /// The directory that is a project of another machine's here: at the same path, or at the same one below this home.
  private func find(
    _ path: FilePath, of former: KnownMachine, for id: ProjectID, by planner: inout RegistrationPlanner
  ) -> ProjectDirectory? {
    var places = [path]
    if let home = former.entry?.home, let own = Environment.home, path.starts(with: home), path != home {
      var rest = path
      _ = rest.removePrefix(home)
      places.append(own.pushing(rest))
    }
    for place in places where Files.kind(of: place) == .directory {
      guard let directory = try? ProjectDirectory(place),
        (try? planner.find(directory, in: self)) == .some(id)
      else {
        continue
      }
      return directory
    }
    return nil
  }

  /// Gives this machine another name, also in the registry where it stands in it.
  ///
  /// - Returns: whether anything has changed.
  public func rename(to name: String) throws -> Bool {
    let isNew = !machine.name.hasSameBytes(as: name)
    if isNew {
      let lock = try lock()
      defer { _ = lock.isHeld }
      try StaleLocks.pass(in: directory, telling: delegate) {
        try repository.configuration().change([.set("dev-infra.name", to: name)])
      }
    }
    return try RegistryStore.open(directory, delegate: delegate).announce() || isNew
  }

  /// Brings what the registry says of this machine up to date with its configuration, where it says anything.
  private func announce() throws -> Bool {
    let result = try update { base in
      guard try blob(at: .machine(machine.id), in: base) != nil else { return nil }
      let entry = try machineEntry(in: base)
      return RegistryChange(
        entry.mapValues { .some($0) },
        message: Self.machineMessage("Rename", ["this one to \(machine.name.visible)"]))
    }
    return result.old != result.new
  }

  private static func machineMessage(_ action: String, _ names: [String]) -> String {
    names.count == 1
      ? "\(action) machine: \(names[0])\n"
      : "\(action) machines: \(names.count)\n\n" + names.map { "- \($0)\n" }.joined()
  }

  /// What follows a machine's id in the address of its commits.
  static let machineDomain = "@machine.dev-infra"
}

extension LocalMachine {
  /// What is wrong with a name for a machine; nil for a good one.
  public static func problem(withName name: String) -> String? {
    if name.isEmpty || name.count > 100 { return "a machine's name has 1 to 100 characters" }
    return TextRule.line.firstRefused(in: name) == nil ? nil : "a machine's name holds no control characters"
  }
}
