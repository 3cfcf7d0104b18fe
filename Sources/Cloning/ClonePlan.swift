public import Console
import Git
import Platform
import Records
import Registry
public import RegistryStore
public import RegistryView
import SystemPackage

/// Which clones are to be made, and where.
public struct ClonePlan {
  /// The clones, in the order of the rows.
  public private(set) var tasks: [CloneTask] = []
  /// Why the other projects cannot be cloned, a sentence each.
  public private(set) var failures: [Failure] = []
  private let root: FilePath
  private let home: FilePath
  private let layout: Layout

  /// A plan with nothing in it, by the settings `dev-infra.root` and `dev-infra.layout`.
  public init(_ store: borrowing RegistryStore) throws {
    guard let home = Environment.home, home.isAbsolute else {
      throw Failure.fatal("cloning failed: HOME is not set to an absolute path")
    }
    self.home = home
    let configuration = try store.repository.configuration()
    let root = try configuration.string("dev-infra.root") ?? "~/src"
    if root == "~" || root.hasPrefix("~/") {
      self.root = home.pushing(FilePath(text: String(root.dropFirst(2))))
    } else {
      self.root = FilePath(text: root)
    }
    guard self.root.isAbsolute else {
      throw Failure.fatal("dev-infra.root is '\(Quoting.visible(root))', and not an absolute path")
    }
    let name = try configuration.string("dev-infra.layout") ?? Layout.url.rawValue
    guard let layout = Layout(rawValue: name) else {
      throw Failure.fatal(
        "dev-infra.layout is '\(Quoting.visible(name))'; it is '\(Layout.url.rawValue)' or '\(Layout.home.rawValue)'"
      )
    }
    self.layout = layout
  }

  /// Plans to clone a project that is not on this machine.
  public mutating func add(_ row: ViewRow, in store: borrowing RegistryStore) {
    let plan = self
    attempt(row) { url in
      plan.layout == .home
        ? plan.home.pushing(try plan.place(of: row, store)).lexicallyNormalized()
        : plan.root.pushing(try Layout.place(of: url)).lexicallyNormalized()
    }
  }

  /// Plans to clone a project to where it was on this machine.
  public mutating func restore(_ row: ViewRow, at path: String) {
    attempt(row) { _ in Self.root(of: row, at: FilePath(text: path)) }
  }

  private mutating func attempt(_ row: ViewRow, _ place: (RemoteURL) throws -> FilePath) {
    do {
      guard !row[.remoteURL].isEmpty else { throw Failure.fatal("it has no remote URL") }
      let url = try RemoteURL(row[.remoteURL])
      let subdirectory = FilePath(text: row[.subdirectory])
      if let index = tasks.firstIndex(where: { $0.key == url.normalized }) {
        tasks[index].subdirectories.append(subdirectory)
        return
      }
      let target = try place(url)
      if let other = tasks.first(where: { Self.overlap($0.target, target) }) {
        throw Failure.fatal(
          "\(target.visible) is where \(Quoting.visible(other.name)) goes (\(other.target.visible))")
      }
      tasks.append(
        CloneTask(
          name: row.name, url: url.stored, key: url.normalized, target: target, subdirectories: [subdirectory]
        ))
    } catch {
      failures.append(Failure(error).during("\(Quoting.visible(row.name)) cannot be cloned"))
    }
  }

  private static func overlap(_ one: FilePath, _ other: FilePath) -> Bool {
    one.starts(with: other) || other.starts(with: one)
  }

  /// Where a project's repository is on a machine that has it, below that machine's home directory.
  private func place(of row: ViewRow, _ store: borrowing RegistryStore) throws -> FilePath {
    let main = try store.main()
    guard let id = ProjectID(row.id) else { throw Failure.fatal("its id is damaged") }
    var failure = Failure.fatal("no machine has it")
    for machine in row.list(.machines).compactMap({ MachineID($0) }) {
      guard let checkout = try? store.checkout(id, of: machine, in: main) else { continue }
      let home = (try? store.machine(machine, in: main))?.home
      let paths = checkout.paths.filter { $0.kind == .main } + checkout.paths.filter { $0.kind != .main }
      for path in paths {
        do throws(Failure) {
          return try Layout.place(of: Self.root(of: row, at: path.path), below: home)
        } catch {
          failure = error
        }
      }
    }
    throw failure
  }

  /// The repository's root of a project at `path`.
  private static func root(of row: ViewRow, at path: FilePath) -> FilePath {
    let subdirectory = FilePath(text: row[.subdirectory])
    guard !subdirectory.isEmpty, path.ends(with: subdirectory) else { return path }
    var root = path
    for _ in subdirectory.components { root.removeLastComponent() }
    return root
  }
}
