public import Git
import SystemSupport
import Registry
public import RegistryIndex
import SystemPackage

extension RegistryStore {
  /// The view of a commit: what is in the cache, with other rows for what has changed since.
  ///
  /// Where that took long, and the commit is main, the cache has it from then on: nobody may ask for a list between many
  /// commands that need the view.
  ///
  /// - Parameter commit: nil for main.
  public func view(of commit: ObjectID? = nil) throws -> View {
    let commit = try commit ?? main()
    let made = try completedView(of: commit)
    if made.isComplete, made.read > Self.worthKeeping, try main() == commit {
      try? ViewFile(registry: directory).file.write(made.view.file)
    }
    return made.view
  }

  /// Rows that take about as long to read as a large view's file takes to write.
  private static let worthKeeping = 200

  /// As ``view(of:)``, with how many projects were read, and whether each could be. Only then the view may be kept: the
  /// others may be there again at the next look.
  private func completedView(of commit: ObjectID) throws -> (view: View, read: Int, isComplete: Bool) {
    guard let stored = ViewFile(registry: directory).stored(), stored.machine == machine.id.hex,
      let base = ObjectID(hex: stored.commit)
    else { return try builtView(of: commit) }
    if base == commit { return (stored, 0, true) }
    // The commit that it shows may be one that gc has taken away since.
    guard let changes = try? changes(from: base, to: commit).changes else { return try builtView(of: commit) }
    var ids: Set<ProjectID> = []
    var names = stored.machineNames
    for change in changes {
      switch change.path {
      case .project(let id), .checkout(_, let id): ids.insert(id)
      case .machine(let id): names[id.hex] = try? machine(id, in: commit)?.name
      case .format, .unknown: break
      }
    }
    var rows: [String: ViewRow?] = [:]
    for id in ids { rows[id.hex] = .some(nil) }
    let isComplete = try readRows(viewParts(of: ids, in: commit)) { rows[$0.id] = $0 }
    return (stored.replacing(rows, commit: commit.hex, machineNames: names), ids.count, isComplete)
  }

  /// The view of a commit made from its whole tree.
  private func builtView(of commit: ObjectID) throws -> (view: View, read: Int, isComplete: Bool) {
    var names: [String: String] = [:]
    for (id, machine) in try machines(in: commit) { names[id.hex] = machine.name }
    let parts = try viewParts(in: commit)
    // Room that is not used takes no memory; to grow would take half as much again.
    var writer = ViewWriter(machineNames: names, capacity: 512 * parts.count)
    let isComplete = try readRows(parts) { writer.append($0) }
    return (writer.view(commit: commit.hex, machine: machine.id.hex), parts.count, isComplete)
  }

  /// Brings the view's file up to date with main.
  ///
  /// - Parameter required: whether a file that cannot be written is an error.
  /// - Returns: the file's bytes.
  public func refreshView(required: Bool) throws -> [UInt8] {
    let (view, _, isComplete) = try completedView(of: main())
    if isComplete {
      do { try ViewFile(registry: directory).file.write(view.file) } catch  where !required {}
    }
    return view.file
  }
}
