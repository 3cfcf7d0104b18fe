import Git
import SystemSupport
import Registry
import RegistryStore
import RegistryIndex
import SystemPackage
import TestSupport
import Testing

/// The view of a registry: however it was brought up to date, it is what the tree says.
@Suite struct ViewTests {
  /// The view's file after it was brought up to date, which is to be the one that is made from nothing.
  private func checkedFile(_ scratch: Scratch, _ comment: Comment) throws -> [UInt8] {
    let store = try scratch.open()
    let view = try store.view()
    let updated = try store.refreshView(required: true).view.file
    try Files.removeTree(scratch.registry.appending("cache"))
    #expect(try store.refreshView(required: true).view.file == updated, comment)
    #expect(view.file == updated, comment)
    return updated
  }

  @Test func randomChangesLeaveTheViewOfTheTree() throws {
    for round in 0..<6 {
      var random = SeededGenerator(seed &+ UInt64(round))
      let scratch = try Scratch(machine: "here")
      let store = try scratch.open()
      let others = [store.machine.id, MachineID(1), MachineID(2)]
      let projects = try (0..<30).map { try madeUp("id \($0)", name: "p\($0)", by: store.machine.id) }
      for step in 0..<8 {
        var entries: [EntryPath: JSON?] = [:]
        for _ in 0..<random.below(30) {
          var project = random.pick(projects)
          let owner = random.pick(others)
          switch random.below(6) {
          case 0: entries[.project(project.id)] = .some(nil)
          case 1, 2:
            project.name = random.pick(["same", "a\tb", "n\(step)"])
            entries[.project(project.id)] = project.json
          case 3: entries[.checkout(owner, project.id)] = .some(nil)
          case 4:
            let place = CheckoutPath(path: FilePath("/src/\(random.below(9))"), kind: .main)
            entries[.checkout(owner, project.id)] = Checkout(paths: [place]).json
          default:
            let machine = Machine(
              id: owner, name: "m\(random.below(3))", system: "x", firstSeen: Timestamp(milliseconds: 1))
            entries[.machine(owner)] = machine.json
          }
        }
        try store.update { _ in RegistryChange(entries, message: "Change") }
        _ = try checkedFile(scratch, "seed \(seed), round \(round), step \(step)")
      }
    }
  }

  @Test func veryManyProjectsAreReadByMoreThanOneThread() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let projects = try (0..<2500).map { try madeUp("id \($0)", name: "p\($0)", by: store.machine.id) }
    try store.update { _ in
      RegistryChange(
        Dictionary(uniqueKeysWithValues: projects.map { (EntryPath.project($0.id), $0.json) }), message: "Add"
      )
    }
    _ = try checkedFile(scratch, "many")
    let rows = try store.view().rows
    #expect(rows.map(\.id) == projects.map(\.id.hex).sorted())
    #expect(Set(rows.map(\.name)).count == 2500)
  }

  @Test func aViewThatTookLongIsKeptAndOneThatTookNoTimeIsNot() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let projects = try (0..<300).map { try madeUp("id \($0)", name: "p\($0)", by: store.machine.id) }
    func add(_ projects: ArraySlice<Project>) throws -> ObjectID {
      try store.update { _ in
        RegistryChange(
          Dictionary(uniqueKeysWithValues: projects.map { (EntryPath.project($0.id), $0.json) }),
          message: "Add")
      }.new
    }
    let file = ViewFile(registry: scratch.registry)
    let first = try add(projects[..<290])
    #expect(file.stored() == nil)
    let second = try add(projects[290...])
    // Of what is not main nothing is kept.
    #expect(try store.view(of: first).rows.count == 290)
    #expect(file.stored() == nil)
    #expect(try store.view().rows.count == 300)
    #expect(file.stored()?.commit == second.hex)
    try store.update { _ in
      RegistryChange([.project(projects[0].id): nil] as [EntryPath: JSON?], message: "Remove")
    }
    #expect(try store.view().rows.count == 299)
    #expect(file.stored()?.commit == second.hex)
  }

  @Test func aViewOfACommitThatIsGoneIsMadeAgain() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let a = try madeUp("id a", name: "a", by: store.machine.id)
    try store.update { _ in RegistryChange([.project(a.id): a.json], message: "Add") }
    let file = View.file(
      commit: String(repeating: "1", count: 40), machine: store.machine.id.hex, machineNames: [:], rows: [])
    try Files.makeDirectory(scratch.registry.appending("cache"), mode: 0o700)
    try Files.replace(scratch.registry.pushing("cache/projects.tsv"), with: file)
    #expect(try store.view().rows.map(\.name) == ["a"])
  }
}
