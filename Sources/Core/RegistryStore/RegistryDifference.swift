public import Git
public import ByteStrings
public import Registry
import RegistryIndex

/// What differs between two registry commits, by project.
public struct RegistryDifference {
  /// How it is printed.
  public enum Form: Sendable {
    /// As `git diff-tree -r --raw`.
    case raw
    /// The ids of the projects that are concerned.
    case ids
    /// `A|M|D id name` for each project.
    case projects
    /// `name: field: old -> new` for each field.
    case fields
    /// For people: `added name`, `changed name (fields)` or `removed name` for each project.
    case summary
  }

  private let changes: [TreeChange]
  private let new: ObjectID

  /// - Parameter old: nil for the empty registry.
  public init(_ store: borrowing RegistryStore, from old: ObjectID?, to new: ObjectID) throws {
    self.new = new
    changes = try store.changes(from: old, to: new).changes.sorted { $0.path < $1.path }
  }

  /// Whether nothing differs.
  public var isEmpty: Bool { changes.isEmpty }

  /// The projects whose entry, or whose place on some machine, differs.
  public var projects: [ProjectID] {
    var seen: Set<ProjectID> = []
    return changes.compactMap { change in
      switch change.path {
      case .project(let id), .checkout(_, let id): seen.insert(id).inserted ? id : nil
      case .machine, .format, .unknown: nil
      }
    }
  }

  /// The records of a form, each without its end.
  public func records(
    _ form: Form, _ format: RecordFormat, in store: borrowing RegistryStore
  ) throws -> [[UInt8]] {
    switch form {
    case .raw: return changes.map { raw($0, format) }
    case .ids: return projects.map { Array($0.hex.utf8) }
    case .projects:
      return try changes.compactMap { change in
        guard case .project(let id) = change.path else { return nil }
        let letter = change.old == nil ? "A" : change.new == nil ? "D" : "M"
        let name = try (change.new ?? change.old).map { try Self.name(store.json($0)) } ?? ""
        return Array("\(letter) \(id.hex) ".utf8) + format.field(name)
      }
    case .fields: return try changes.flatMap { try fields($0, format, store) }
    case .summary:
      return try summary(in: store).map {
        format == .nul ? ByteText.bytes(of: $0) : Array(Quoting.visible($0).utf8)
      }
    }
  }

  /// A line for each project, by name: what became of it, and which of its fields changed.
  private func summary(in store: borrowing RegistryStore) throws -> [String] {
    var byProject: [ProjectID: [TreeChange]] = [:]
    for change in changes {
      switch change.path {
      case .project(let id), .checkout(_, let id): byProject[id, default: []].append(change)
      case .machine, .format, .unknown: break
      }
    }
    let known = byProject.count > Self.worthTheView ? namesByView(in: store) : [:]
    var machines: [MachineID: String] = [:]
    return try byProject.map { id, changes in
      var (verb, name, parts) = ("changed", "", [String]())
      for change in changes {
        switch change.path {
        case .project:
          verb = change.old == nil ? "added" : change.new == nil ? "removed" : "changed"
          if change.old == nil, let added = known[id] {
            name = added
            continue
          }
          let old = try change.old.map { try store.json($0) }
          let new = try change.new.map { try store.json($0) }
          name = Self.name(new ?? old ?? .null)
          guard let old, let new else { continue }
          let (before, after) = (Self.members(old), Self.members(new))
          parts += Set(before.keys).union(after.keys).sorted()
            .filter { before[$0] != after[$0] && !FieldKey.isStamp($0) }
        case .checkout(let machine, _):
          let place = machines[machine] ?? store.name(of: machine, in: new)
          machines[machine] = place
          parts.append(
            change.new == nil
              ? "no longer on \(place)" : change.old == nil ? "now on \(place)" : "elsewhere on \(place)")
        case .machine, .format, .unknown: continue
        }
      }
      if name.isEmpty { name = try store.project(id, in: new)?.name ?? String(id.hex.prefix(12)) }
      return "\(verb) \(name)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }.sorted()
  }

  /// Projects for which the view is worth reading.
  private static let worthTheView = 1000

  /// The names of the projects that are elsewhere, where the view shows the later commit; here a project may be called
  /// otherwise.
  private func namesByView(in store: borrowing RegistryStore) -> [ProjectID: String] {
    guard let view = ViewFile(registry: store.directory).stored(), view.commit == new.hex else { return [:] }
    var names: [ProjectID: String] = [:]
    for row in view.rows where row.isEmpty(.paths) {
      if let id = ProjectID(row.id) { names[id] = row.name }
    }
    return names
  }

  private func raw(_ change: TreeChange, _ format: RecordFormat) -> [UInt8] {
    let nothing = String(repeating: "0", count: 40)
    let modes = "\(change.old == nil ? "000000" : "100644") \(change.new == nil ? "000000" : "100644")"
    let letter = change.old == nil ? "A" : change.new == nil ? "D" : "M"
    let head = ":\(modes) \(change.old?.hex ?? nothing) \(change.new?.hex ?? nothing) \(letter)"
    // git ends the head with NUL too when records do.
    return Array(head.utf8) + [format == .nul ? 0 : UInt8(ascii: "\t")] + format.field(change.path.path)
  }

  private func fields(
    _ change: TreeChange, _ format: RecordFormat, _ store: borrowing RegistryStore
  ) throws -> [[UInt8]] {
    let title: String
    switch change.path {
    case .unknown(let place):
      let values = [change.old, change.new].map { $0.map { String($0.hex.prefix(12)) } ?? "(none)" }
      return [Array("\(place.path): \(values.joined(separator: " -> "))".utf8)]
    case .project, .checkout, .machine, .format: break
    }
    let old = try change.old.map { try store.json($0) }
    let new = try change.new.map { try store.json($0) }
    switch change.path {
    case .project: title = Self.name(new ?? old ?? .null)
    case .checkout(let machine, let id): title = "\(id.hex.prefix(12)) on \(machine.hex)"
    case .machine(let machine): title = "machine \(machine.hex)"
    case .format, .unknown: title = change.path.path
    }
    let before = Self.members(old)
    let after = Self.members(new)
    return (before.keys + after.keys).sortedUniqueByBytes().compactMap { key in
      guard before[key] != after[key] else { return nil }
      let values = "\(before[key]?.compact ?? "(none)") -> \(after[key]?.compact ?? "(none)")"
      let line = "\(title): \(key): \(values)"
      return format == .nul ? Array(line.utf8) : Array(Quoting.visible(line).utf8)
    }
  }

  private static func members(_ value: JSON?) -> JSON.Members {
    if case .object(let members)? = value { return members }
    return [:]
  }

  private static func name(_ value: JSON) -> String {
    if case .string(let name)? = members(value)[.name] { return name }
    return "?"
  }
}

extension RegistryStore {
  /// The commit that main was at before its last change; nil for a registry that is new.
  public func previousMain() throws -> ObjectID? {
    if let previous = try repository.previousValue(of: Self.mainReference) { return previous }
    return try repository.commit(main()).parents.first
  }
}
