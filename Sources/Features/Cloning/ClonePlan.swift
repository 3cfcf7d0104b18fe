import Git
import SystemSupport
import ByteStrings
public import Registry
public import RegistryStore
public import RegistryIndex
import SystemPackage

/// Which clones are to be made, and where.
public struct ClonePlan {
  /// The clones, in the order of the rows.
  public private(set) var tasks: [CloneTask] = []
  /// Why the other projects cannot be cloned.
  public private(set) var failures: [CloningError] = []
  /// How much of each is cloned, whatever the projects keep; nil: what they keep.
  public var options: CloneOptions?
  private let root: FilePath
  private let home: FilePath
  private let layout: Layout
  private let view: View
  /// Takes what is worth knowing about the projects that are chosen.
  let notify: (CloneNotice) -> Void
  /// Whether it is only shown, and nothing is changed.
  let isDryRun: Bool

  /// A plan with nothing in it, by the settings `dev-infra.root` and `dev-infra.layout`.
  ///
  /// - Parameters:
  ///   - isDryRun: whether it is only to be shown, so that choosing changes nothing either.
  ///   - notify: takes what is worth knowing about the projects that are chosen.
  public init(
    _ store: borrowing RegistryStore, isDryRun: Bool = false,
    notify: @escaping (CloneNotice) -> Void = { _ in }
  ) throws {
    (self.isDryRun, self.notify) = (isDryRun, notify)
    guard let home = Environment.home, home.isAbsolute else {
      throw CloningError.noHome
    }
    self.home = home
    let configuration = try store.repository.configuration()
    let root = try configuration.string("dev-infra.root") ?? "~/src"
    if root == "~" || root.begins(with: "~/") {
      self.root = home.pushing(FilePath(text: String(root.dropFirst(2))))
    } else {
      self.root = FilePath(text: root)
    }
    guard self.root.isAbsolute else { throw CloningError.relativeRoot(root) }
    let name = try configuration.string("dev-infra.layout") ?? Layout.url.rawValue
    guard let layout = Layout(rawValue: name) else { throw CloningError.unknownLayout(name) }
    self.layout = layout
    view = try store.view()
  }

  /// Plans to clone a project that is not on this machine.
  public mutating func add(_ row: ViewRow, in store: borrowing RegistryStore) {
    let plan = self
    attempt(row, store, isRestored: false) { url, _ in
      guard plan.layout == .home else { return (plan.root, try plan.beside(Layout.place(of: url), of: url)) }
      let place = try plan.place(of: row, store)
      try Layout.requireNoPrograms(in: plan.home.pushing(place), home: plan.home, Environment["PATH"] ?? "")
      return (plan.home, place)
    }
  }

  /// Plans to clone what a URL leads to, which no project of the registry is: below the root as the URL says, whatever the layout,
  /// for no machine has it.
  public mutating func add(_ url: RemoteURL) {
    let name = url.normalized.split(at: "/").last.map(String.init) ?? url.stored
    if tasks.contains(where: { $0.key == url.normalized }) { return }
    do {
      let below = try beside(Layout.place(of: url), of: url)
      tasks.append(
        CloneTask(
          name: name, url: url.stored, key: url.normalized, remotes: [:], root: root, below: below,
          options: options ?? CloneOptions(), isRestored: false, subdirectories: [FilePath()]))
    } catch {
      failures.append(.notPlanned(name: name, error))
    }
  }

  /// Plans to clone a project to where it was on this machine.
  public mutating func restore(_ row: ViewRow, at path: String, in store: borrowing RegistryStore) {
    attempt(row, store, isRestored: true) { _, layout in
      ("/", (layout?.directory ?? Self.root(of: row, at: FilePath(text: path))).relative)
    }
  }

  private mutating func attempt(
    _ row: ViewRow, _ store: borrowing RegistryStore, isRestored: Bool,
    _ place: (RemoteURL, WorkTreeLayout?) throws -> (root: FilePath, below: FilePath)
  ) {
    do {
      guard !row[.remoteURL].isEmpty else { throw CloningError.noURL }
      let url = try RemoteURL(row[.remoteURL])
      let subdirectory = FilePath(text: row[.subdirectory])
      if let index = tasks.firstIndex(where: { $0.key == url.normalized }) {
        tasks[index].subdirectories.append(subdirectory)
        tasks[index].projects.append((row.id, row.name))
        return
      }
      let worktrees = try Self.worktrees(of: row, store)
      let (root, below) = try place(url, worktrees)
      var task = CloneTask(
        name: row.name, url: url.stored, key: url.normalized, remotes: try Self.remotes(of: row, store),
        root: root, below: below, options: options ?? Self.kept(by: row), isRestored: isRestored,
        projects: [(row.id, row.name)],
        subdirectories: [subdirectory])
      task.layout = worktrees
      tasks.append(task)
    } catch {
      failures.append(.notPlanned(name: row.name, error))
    }
  }

  /// How a project is cloned by what it keeps; whole where that is nothing that this version knows.
  private static func kept(by row: ViewRow) -> CloneOptions {
    CloneOptions(row[.field(.cloneOptions)]) ?? CloneOptions()
  }

  /// The remotes that a project's repository has on this machine, else on one that has it.
  private static func remotes(of row: ViewRow, _ store: borrowing RegistryStore) throws -> ByteKeyed<String> {
    guard let id = ProjectID(row.id) else { return [:] }
    let main = try store.main()
    let machines = row.list(.machines).compactMap { MachineID($0) }
    for machine in machines.filter({ $0 == store.machine.id }) + machines.filter({ $0 != store.machine.id }) {
      if let remotes = try? store.checkout(id, of: machine, in: main)?.remotes, !remotes.isEmpty {
        return remotes
      }
    }
    return [:]
  }

  /// How the project's repository and its worktrees lie to each other on this machine, else on one that has it; nil where there are
  /// no worktrees. What is checked out in one that this machine has not told of is what another has at the same place.
  private static func worktrees(of row: ViewRow, _ store: borrowing RegistryStore) throws -> WorkTreeLayout? {
    guard let id = ProjectID(row.id) else { return nil }
    let main = try store.main()
    let machines = row.list(.machines).compactMap { MachineID($0) }
    var layouts: [WorkTreeLayout?] = []
    for machine in machines.filter({ $0 == store.machine.id }) + machines.filter({ $0 != store.machine.id }) {
      guard let checkout = try? store.checkout(id, of: machine, in: main), !checkout.paths.isEmpty else {
        continue
      }
      layouts.append(WorkTreeLayout(checkout.ranked, of: row, head: heads(of: id, on: machine, store)))
    }
    guard var layout = layouts.first ?? nil else { return nil }
    for other in layouts.dropFirst() { if let other { layout.learn(from: other) } }
    return layout
  }

  /// What a machine has last said to be checked out in the work trees of a project.
  private static func heads(
    of id: ProjectID, on machine: MachineID, _ store: borrowing RegistryStore
  ) -> (FilePath) -> WorkTreeLayout.Head {
    let state = (try? store.state(of: machine, only: [id])) ?? nil
    var heads: [FilePath: WorkTreeLayout.Head] = [:]
    for place in state?.projects[id]?.places ?? [] {
      guard let path = place["path"]?.string.map({ FilePath(text: $0) }) else { continue }
      if let branch = place["branch"]?.string {
        // Where names are kept back this stands for one.
        heads[path] = branch == "HEAD" ? .unknown : .branch(branch)
      } else if let commit = place["head"]?.string, ObjectID(hex: commit) != nil {
        heads[path] = .detached(commit)
      }
    }
    return { heads[$0] ?? .unknown }
  }

  /// Settles where each goes once all are known: none into another repository, and no two to one place.
  public mutating func settle() {
    let outerFirst = tasks.indices.sorted {
      (tasks[$0].target.components.count, $0) < (tasks[$1].target.components.count, $1)
    }
    var settled = TakenPlaces()
    var refused: Set<Int> = []
    for index in outerFirst {
      do {
        if !tasks[index].isRestored {
          // A root that is inside a repository is the user's own choice. Beside the outermost it is inside none.
          let root = tasks[index].root.components.count
          if let outer = settled.outermost(around: tasks[index].target, where: { $0.components.count > root })
          {
            tasks[index].below = try Layout.beside(
              tasks[index].below, outer: outer.components.count - root)
          }
          try avoidRepositories(index)
        }
        if let other = settled[tasks[index].target] {
          throw CloningError.placeTaken(tasks[index].target, by: tasks[other].name)
        }
        settled.take(tasks[index].target, by: index)
      } catch {
        refused.insert(index)
        failures.append(.notPlanned(name: tasks[index].name, error))
      }
    }
    tasks = tasks.indices.filter { !refused.contains($0) }.map { tasks[$0] }
    for index in tasks.indices where tasks[index].layout != nil {
      var others = TakenPlaces()
      for place in placesOfProjects(beside: tasks[index]) { others.take(place, by: index) }
      // Not in one: all clones share the first.
      tasks[index].taken = [settled, others]
      if layout == .home, !tasks[index].isRestored { tasks[index].homeOfPrograms = home }
    }
  }

  /// Where a worktree beside a clone would take the place of another project of the registry, whichever comes first.
  private func placesOfProjects(beside task: CloneTask) -> [FilePath] {
    guard layout == .url, !task.isRestored, let trees = task.layout?.trees else { return [] }
    // A path begins with its first slash.
    let owner = task.key.split(at: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return trees.filter(\.isBeside).compactMap { tree in
      guard let name = tree.place.lastComponent?.string else { return nil }
      let keys = ["\(owner)/\(name)", "\(owner)/\(name.lowercased())"]
      return keys.contains { !view.rows(where: .key, is: $0).isEmpty } ? task.place(of: tree) : nil
    }
  }

  private mutating func avoidRepositories(_ index: Int) throws {
    guard Files.kind(of: tasks[index].root) == .directory else { return }
    while let outer = try Route(tasks[index]).repositoryOnTheWay {
      tasks[index].below = try Layout.beside(tasks[index].below, outer: outer)
    }
    // A link on the way is reported before anything is tried.
    _ = try Route(tasks[index]).walk()
  }

  /// A place that is not inside that of any project of the registry, whichever of them is cloned first.
  private func beside(_ place: FilePath, of url: RemoteURL) throws -> FilePath {
    let parts = url.normalized.split(at: "/")
    // What a path has before its first slash is nothing, where its place has `localhost`.
    let isPath = url.normalized.begins(with: "/")
    for count in 1..<max(1, parts.count) {
      let outer = (isPath ? "/" : "") + parts.prefix(count).joined(separator: "/")
      if !view.rows(where: .key, is: outer).isEmpty {
        return try Layout.beside(place, outer: count + (isPath ? 1 : 0))
      }
    }
    return place
  }

  /// Where a project's repository is on a machine that has it, below that machine's home directory.
  private func place(of row: ViewRow, _ store: borrowing RegistryStore) throws -> FilePath {
    let main = try store.main()
    guard let id = ProjectID(row.id) else { throw CloningError.damagedID }
    var failure = CloningError.onNoMachine
    for machine in row.list(.machines).compactMap({ MachineID($0) }) {
      guard let checkout = try? store.checkout(id, of: machine, in: main) else { continue }
      let home = (try? store.machine(machine, in: main))?.home
      let paths = checkout.paths.filter { $0.kind == .main } + checkout.paths.filter { $0.kind != .main }
      let around = WorkTreeLayout(checkout.ranked, of: row) { _ in .unknown }.map { [$0.directory] } ?? []
      for path in around + paths.map({ Self.root(of: row, at: $0.path) }) {
        do throws(CloningError) {
          return try Layout.place(of: path, below: home)
        } catch {
          failure = error
        }
      }
    }
    throw failure
  }

  /// The repository's root of a project at `path`.
  fileprivate static func root(of row: ViewRow, at path: FilePath) -> FilePath {
    let subdirectory = FilePath(text: row[.subdirectory])
    guard !subdirectory.isEmpty, path.ends(with: subdirectory) else { return path }
    var root = path
    for _ in subdirectory.components { root.removeLastComponent() }
    return root
  }
}

extension WorkTreeLayout {
  /// As ``init(_:head:)``, of the repository that a project is, or is a part of.
  fileprivate init?(_ paths: [CheckoutPath], of row: ViewRow, head: (FilePath) -> Head) {
    let roots = paths.map {
      CheckoutPath(path: ClonePlan.root(of: row, at: $0.path), kind: $0.kind)
    }
    self.init(roots, head: head)
  }
}

extension FilePath {
  /// Without its root.
  fileprivate var relative: FilePath { FilePath(root: nil, components) }
}
