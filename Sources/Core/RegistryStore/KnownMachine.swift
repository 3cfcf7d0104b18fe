public import Registry

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
    let meant = Set(machines.map(\.id))
    return Set(machines.flatMap(\.projects)).subtracting(
      lazy.filter { !meant.contains($0.id) }.flatMap(\.projects))
  }

  /// How many of these machines have each project.
  public var countsOfMachines: [ProjectID: Int] {
    var counts: [ProjectID: Int] = [:]
    for machine in self { for id in machine.projects { counts[id, default: 0] += 1 } }
    return counts
  }
}
