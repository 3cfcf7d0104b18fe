import Git
import Registry
import RegistryStore
import TestSupport
import Testing

/// Trees that are written, held against what their files by path would be.
@Suite struct TreeEditorTests {
  private typealias Files = [String: ObjectID]

  private func files(of tree: ObjectID, below prefix: String = "", in repository: borrowing Repository) throws
    -> Files
  {
    var found: Files = [:]
    for entry in try repository.tree(tree) {
      let path = prefix + String(decoding: entry.name, as: UTF8.self)
      if entry.isTree {
        let below = try files(of: entry.id, below: path + "/", in: repository)
        #expect(!below.isEmpty)
        found.merge(below) { $1 }
      } else {
        found[path] = entry.id
      }
    }
    return found
  }

  /// Names of which one begins like the other, with what stands before and behind a slash.
  private func path(_ random: inout SeededGenerator) throws -> EntryPath {
    let number = Int.random(in: 0..<400, using: &random)
    let id = try #require(ProjectID(ofIdentity: "id \(number)", hash: ObjectID.blobHash))
    let machine = try #require(MachineID("000000000000000\(number % 3)"))
    return switch Int.random(in: 0..<8, using: &random) {
    case 0...3: .project(id)
    case 4, 5: .checkout(machine, id)
    case 6: .machine(machine)
    default:
      try #require(
        EntryPath.unknown(
          path: Array("\(["notes", "notes-a", "notes.b/x", "projects0"][number % 4])/n\(number)".utf8)))
    }
  }

  @Test(arguments: 1...12) func manyChangesGiveTheTreeOfTheirFiles(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let blobs = try (0..<5).map { try store.repository.writeBlob([UInt8($0)]) }
    var tree: ObjectID?
    var expected: Files = [:]
    for _ in 0..<6 {
      var changes: [EntryPath: ObjectID?] = [:]
      for _ in 0..<Int.random(in: 1...300, using: &random) {
        let blob = Bool.random(using: &random) ? blobs.randomElement(using: &random) : nil
        changes[try path(&random)] = .some(blob)
      }
      tree = try TreeEditor.apply(changes, to: tree, in: store.repository)
      for (path, blob) in changes { expected[path.path] = blob }
      #expect(try files(of: #require(tree), in: store.repository) == expected)
    }
  }

  @Test func aDirectoryGoesBeforeAFileOfItsName() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let blob = try store.repository.writeBlob([1])
    func path(_ text: String) throws -> EntryPath { try #require(EntryPath.unknown(path: Array(text.utf8))) }
    let file = try path("a")
    let (below, beside) = try (path("a/b"), path("a-b"))
    let folder = try TreeEditor.apply([below: blob, beside: blob], to: nil, in: store.repository)
    let names = ["a-b", "a/b"]
    #expect(try files(of: folder, in: store.repository).keys.sorted() == names)
    // Whichever comes first.
    let both = try TreeEditor.apply([file: blob, below: blob, beside: blob], to: nil, in: store.repository)
    #expect(both == folder)
    #expect(try TreeEditor.apply([file: blob], to: folder, in: store.repository) == folder)
    let replaced = try TreeEditor.apply([file: blob, below: nil], to: folder, in: store.repository)
    #expect(try files(of: replaced, in: store.repository).keys.sorted() == ["a", "a-b"])
    #expect(try TreeEditor.apply([file: nil, below: blob], to: replaced, in: store.repository) == folder)
  }

  /// What a side commits, past all checks.
  private func commit(
    _ changes: [EntryPath: JSON?], onto base: ObjectID, in repository: borrowing Repository
  ) throws -> ObjectID {
    try repository.withBatch { repository in
      var blobs: [EntryPath: ObjectID?] = [:]
      for (path, value) in changes {
        blobs[path] = .some(try value.map { try repository.writeBlob($0.canonical) })
      }
      let tree = try TreeEditor.apply(blobs, to: repository.commit(base).tree, in: repository)
      let person = Signature(name: "x", email: "x@example.org", seconds: 0, offsetMinutes: 0)
      return try repository.writeCommit(
        tree: tree, parents: [base], author: person, committer: person, message: "side")
    }
  }

  /// Directories that the other side alone changed are taken whole, and only these.
  @Test(arguments: 1...12) func aMergeGivesTheTreeOfBothSidesChanges(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let machines = [store.machine.id] + (1...2).compactMap { MachineID("000000000000000\($0)") }
    let projects = try (0..<900).map { try madeUp("id \($0)", name: "p\($0)", by: machines[0]) }
    func value(_ path: EntryPath, _ change: String) throws -> JSON {
      switch path {
      case .project(let id):
        var project = try #require(projects.first { $0.id == id })
        project.description = change
        return project.json
      case .checkout:
        return .object([
          "paths": .array([.object(["path": .string("/w/\(change)"), "kind": .string("main")])]),
          "remotes": .object([:]),
        ])
      default: return .string(change)
      }
    }
    func some(_ count: Int, of machines: [MachineID], but others: Set<EntryPath>) -> Set<EntryPath> {
      var paths: Set<EntryPath> = []
      // Half of them in a few directories, all of whose files may be among them.
      for _ in 0..<count {
        let project = projects[
          Int.random(in: 0..<(Bool.random(using: &random) ? 60 : projects.count), using: &random)]
        if let machine = machines.randomElement(using: &random), Bool.random(using: &random) {
          paths.insert(.checkout(machine, project.id))
        } else {
          paths.insert(.project(project.id))
        }
      }
      return paths.subtracting(others)
    }
    func changes(_ paths: Set<EntryPath>, _ change: String, mayRemove: Bool) throws -> [EntryPath: JSON?] {
      var changes: [EntryPath: JSON?] = [:]
      for path in paths.sorted() {
        // With a project its checkouts here would go as well.
        let removes = mayRemove && path.owner != nil && random.oneIn(4)
        changes[path] = .some(removes ? nil : try value(path, change))
      }
      return changes
    }
    let start = try store.main()
    var base = start
    if seed > 3 {
      base = try commit(
        changes(some(700, of: machines, but: []), "base", mayRemove: false), onto: start, in: store.repository
      )
    }
    let ourPaths = some(seed % 3 == 0 ? 0 : 40, of: [machines[0]], but: [])
    let theirPaths = some(900, of: Array(machines.dropFirst()), but: ourPaths)
    let ours = try commit(changes(ourPaths, "ours", mayRemove: true), onto: base, in: store.repository)
    var theirChanges = try changes(theirPaths, "theirs", mayRemove: true)
    var expected = try files(of: store.repository.commit(ours).tree, in: store.repository)
    // One that nobody takes, in every other run.
    let bad = seed % 2 == 0 ? theirPaths.min() : nil
    if let bad { theirChanges[bad] = .some(.string("bad")) }
    let theirs = try commit(theirChanges, onto: base, in: store.repository)
    let merged = try store.merge(ours: ours, theirs: theirs, strategy: .lastWrite, theirName: "x").commit
    for (path, value) in theirChanges where path != bad {
      expected[path.path] = try value.map { try ObjectID.hash(blob: $0.canonical) }
    }
    #expect(try files(of: store.repository.commit(merged).tree, in: store.repository) == expected)
  }
}
