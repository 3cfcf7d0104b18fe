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
    if made.unread.isEmpty, made.read > Self.worthKeeping, try main() == commit { try? keep(made) }
    return made.view
  }

  /// Rows that take about as long to read as a large view's file takes to write.
  private static let worthKeeping = 200

  /// A view that was made.
  private struct MadeView {
    let view: View
    /// How many projects were read.
    var read = 0
    /// Projects that could not be read. The view is not kept then: they may be readable the next time.
    var unread: [UnreadProject] = []
    /// Whether it is what the cache has.
    var isKept = false
    /// The file that it was written to already.
    var file: UnfinishedFile?
  }

  private func keep(_ made: MadeView) throws {
    if made.isKept { return }
    guard let file = made.file else { return try ViewFile(registry: directory).file.write(made.view.file) }
    try file.finish(durable: false)
  }

  /// As ``view(of:)``. What could not be read is reported only here, since a view may have to be made twice.
  private func completedView(of commit: ObjectID) throws -> MadeView {
    let made = try updatedView(of: commit) ?? builtView(of: commit)
    for project in made.unread { delegate.note(.leftOut(project.id, project.error)) }
    return made
  }

  /// The view of a commit made from what is in the cache; nil where that cannot be.
  private func updatedView(of commit: ObjectID) throws -> MadeView? {
    guard let stored = ViewFile(registry: directory).stored(), stored.machine == machine.id.hex,
      let base = ObjectID(hex: stored.commit)
    else { return nil }
    if base == commit { return MadeView(view: stored, isKept: true) }
    // The commit that it shows may be one that gc has taken away since.
    guard let changes = try? changes(from: base, to: commit).changes else { return nil }
    var ids: Set<ProjectID> = []
    var names = stored.machineNames
    for change in changes {
      switch change.path {
      case .project(let id), .checkout(_, let id): ids.insert(id)
      case .machine(let id): names[id.hex] = try? machine(id, in: commit)?.name
      case .format, .unknown: break
      }
    }
    let parts = try viewParts(of: ids, in: commit)
    let read = try readRows(parts)
    var rows: [String: ViewRow?] = [:]
    for id in ids { rows[id.hex] = .some(nil) }
    read.forEach { rows[parts[$0].id.hex] = ViewRow(line: $1) }
    return MadeView(
      view: stored.replacing(rows, commit: commit.hex, machineNames: names), read: ids.count,
      unread: read.failures)
  }

  /// Projects whose view is larger than all else that is in memory, and is written to a file as it is made.
  private static let worthAFile = 10_000

  /// The view of a commit made from its whole tree.
  private func builtView(of commit: ObjectID) throws -> MadeView {
    var names: [String: String] = [:]
    for (id, machine) in try machines(in: commit) { names[id.hex] = machine.name }
    let parts = try viewParts(in: commit)
    func made(_ file: UnfinishedFile?) throws -> MadeView {
      // Room that is not used takes no memory; to grow would take half as much again.
      var writer = ViewWriter(
        commit: commit.hex, machine: machine.id.hex, machineNames: names, to: file,
        capacity: 512 * parts.count)
      let unread = try forEachRow(of: parts) { writer.append(lines: $0) }
      return MadeView(view: try writer.view(), read: parts.count, unread: unread, file: file)
    }
    guard parts.count >= Self.worthAFile, let file = try? ViewFile(registry: directory).file.begin() else {
      return try made(nil)
    }
    do {
      return try made(file)
    } catch is SystemError {
      // The disk is full, or may not be written to.
      return try made(nil)
    }
  }

  /// Brings the view's file up to date with main.
  ///
  /// - Parameter required: whether a file that cannot be written is an error.
  /// - Returns: the view, and whether the file has it.
  public func refreshView(required: Bool) throws -> (view: View, isKept: Bool) {
    let made = try completedView(of: main())
    guard made.unread.isEmpty else { return (made.view, false) }
    do {
      try keep(made)
      return (made.view, true)
    } catch  where !required {
      return (made.view, false)
    }
  }
}
