import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

extension [MachineID: Machine] {
  /// What a machine is called; its id where it says nothing of itself.
  func name(of id: MachineID) -> String { self[id]?.name ?? id.hex }
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
    for part in try viewParts(in: main) {
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
    let ids = Dictionary(machines.map { ($0.id, [$0]) }) { first, _ in first }
    let names = Dictionary(grouping: machines) { ByteString($0.name) }
    return try texts.map { text in
      let named = MachineID(text).flatMap { ids[$0] } ?? names[ByteString(text)]
      // The beginning of an id, or none at all.
      return try machine(named: text, among: named ?? machines)
    }.filter { seen.insert($0.id).inserted }
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

  /// Drops what machines say of their checkouts that are not part of main any more. A command that was killed once it had taken a
  /// machine out has left it.
  public func dropStates() throws {
    let lock = try lock()
    defer { _ = lock.isHeld }
    try dropStates(besideThoseOf: main())
  }

  /// What takes out all that a commit has of machines.
  func entries(of machines: [MachineID], in commit: ObjectID) throws -> [EntryPath: JSON?] {
    let owners = Set(machines)
    var entries: [EntryPath: JSON?] = [:]
    for change in try changes(from: nil, to: commit).changes {
      if let owner = change.path.owner, owners.contains(owner) { entries[change.path] = .some(nil) }
    }
    return entries
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

  static func machineMessage(_ action: String, _ names: [String]) -> String {
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
