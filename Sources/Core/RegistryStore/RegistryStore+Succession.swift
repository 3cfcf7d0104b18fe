import Git
import SystemSupport
import ByteStrings
import Registry
public import SystemPackage

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
  /// Makes this machine the successor of another one: what that machine had, and is here, becomes this machine's, and that
  /// machine is removed.
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
}
