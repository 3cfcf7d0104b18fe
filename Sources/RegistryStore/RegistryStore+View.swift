import Console
public import Git
import Platform
import Registry
public import RegistryView
import SystemPackage

extension RegistryStore {
  /// The view of a commit: what lies in the cache, and, in its place, rows for what has changed since.
  ///
  /// - Parameter commit: nil for main.
  public func view(of commit: ObjectID? = nil) throws -> View { try completedView(of: commit).view }

  /// As ``view(of:)``, and whether every entry could be read. Only then the view may be kept: the others may be there
  /// again at the next look.
  private func completedView(of commit: ObjectID?) throws -> (view: View, isComplete: Bool) {
    let commit = try commit ?? main()
    guard let stored = ViewFile(registry: directory).stored(), stored.machine == machine.id.hex,
      let base = ObjectID(hex: stored.commit), try repository.header(of: base) != nil
    else { return try builtView(of: commit) }
    if base == commit { return (stored, true) }
    let (changes, _) = try changes(from: base, to: commit)
    var ids: Set<ProjectID> = []
    for change in changes {
      switch change.path {
      case .project(let id), .checkout(_, let id): ids.insert(id)
      case .machine: return try builtView(of: commit)
      case .format: break
      }
    }
    // Looking up many one by one costs more than reading all.
    if ids.count > 500 { return try builtView(of: commit) }
    let machines = Array(try self.machines(in: commit).keys)
    var rows: [String: ViewRow?] = [:]
    for id in ids {
      do {
        rows[id.hex] = .some(try row(id, machines, commit))
      } catch {
        // All of it says which entry it is.
        return try builtView(of: commit)
      }
    }
    return (stored.replacing(rows), true)
  }

  /// Brings the view's file up to date with main.
  ///
  /// - Parameter required: whether a file that cannot be written is an error.
  /// - Returns: the file's bytes.
  public func refreshView(required: Bool) throws -> [UInt8] {
    let main = try main()
    let (view, isComplete) = try completedView(of: main)
    let names = try machineNames(in: main)
    let bytes = view.file(commit: main.hex, machineNames: names)
    guard isComplete else { return bytes }
    let file = ViewFile(registry: directory).path
    do {
      try Files.makeDirectory(file.removingLastComponent(), mode: 0o700)
      // It can be made again at any time, so it need not survive a power cut.
      try Files.replace(file, with: bytes, durable: false)
    } catch  where !required {}
    return bytes
  }

  private func machineNames(in commit: ObjectID) throws -> [String: String] {
    var names: [String: String] = [:]
    for (id, machine) in try machines(in: commit) { names[id.hex] = machine.name }
    return names
  }

  private func row(_ id: ProjectID, _ machines: [MachineID], _ commit: ObjectID) throws -> ViewRow? {
    guard let project = try project(id, in: commit) else { return nil }
    let owners = try machines.filter { try blob(at: .checkout($0, id), in: commit) != nil }
    let here = try? checkout(id, of: machine.id, in: commit)
    return row(project, here, owners)
  }

  private func row(_ project: Project, _ here: Checkout?, _ owners: [MachineID]) -> ViewRow {
    ViewRow(
      project, key: project.duplicateKey?.url ?? "", paths: here?.paths.map(\.path.text) ?? [],
      machines: owners.sorted())
  }

  /// The view of a commit made from its whole tree.
  private func builtView(of commit: ObjectID) throws -> (view: View, isComplete: Bool) {
    let (entries, _) = try changes(from: nil, to: commit)
    var owners: [ProjectID: [MachineID]] = [:]
    var here: [ProjectID: ObjectID] = [:]
    for case (.checkout(let owner, let id), let blob?) in entries.map({ ($0.path, $0.new) }) {
      owners[id, default: []].append(owner)
      if owner == machine.id { here[id] = blob }
    }
    var rows: [ViewRow] = []
    var isComplete = true
    for case (.project(let id), let blob?) in entries.map({ ($0.path, $0.new) }) {
      let project: Project
      do {
        project = try Project(json: json(blob))
      } catch {
        // One that cannot be read is no reason to show none.
        isComplete = false
        Messages.warning(
          "left out the project \(id.hex), whose entry cannot be read: \(Failure(error).message)")
        continue
      }
      let checkout = here[id].flatMap { blob in try? Checkout(json: json(blob)) }
      rows.append(row(project, checkout, owners[id] ?? []))
    }
    rows.sort { $0.id < $1.id }
    let file = View.file(
      commit: commit.hex, machine: machine.id.hex, machineNames: try machineNames(in: commit), rows: rows)
    guard let view = View(file) else { preconditionFailure("a view that was just written cannot be read") }
    return (view, isComplete)
  }
}
