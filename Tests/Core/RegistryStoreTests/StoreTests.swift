import Git
import SystemSupport
import Registry
import RegistryReporting
import RegistryStore
import RegistryIndex
import SystemPackage
import TestSupport
import Testing

/// What every store of a registry has to do, whatever it is made of.
@Suite struct StoreTests {
  @Test func aNewRegistryIsTheSameEverywhere() throws {
    let one = try Scratch(machine: "one")
    let two = try Scratch(machine: "two")
    #expect(try one.open().main() == two.open().main())
    #expect(try one.open().machine.id != two.open().machine.id)
    #expect(try one.open().verify(one.open().main()).isEmpty)
  }

  @Test func aChangeIsOneCommitAndNoChangeIsNone() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let project = try madeUp("id a", name: "a", by: store.machine.id)
    let first = try store.update { _ in RegistryChange([.project(project.id): project.json], message: "Add a")
    }
    #expect(first.old != first.new)
    #expect(try store.repository.commit(first.new).parents == [first.old])
    let second = try store.update { _ in
      RegistryChange([.project(project.id): project.json], message: "Add a again")
    }
    #expect(second.new == first.new)
    #expect(try store.project(project.id, in: store.main()) == project)
    #expect(try store.verify(store.main()).isEmpty)
  }

  @Test func whatAnotherProcessDidMeanwhileIsNotOverwritten() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let other = try scratch.open()
    let a = try madeUp("id a", name: "a", by: store.machine.id)
    let b = try madeUp("id b", name: "b", by: store.machine.id)
    var rounds = 0
    try store.update { _ in
      rounds += 1
      if rounds == 1 { try other.update { _ in RegistryChange([.project(b.id): b.json], message: "Add b") } }
      return RegistryChange([.project(a.id): a.json], message: "Add a")
    }
    #expect(rounds == 2)
    #expect(try store.project(a.id, in: store.main()) == a)
    #expect(try store.project(b.id, in: store.main()) == b)
  }

  @Test func aFailedChangeLeavesNothing() throws {
    struct Refused: Error {}
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let before = try store.main()
    #expect(throws: Refused.self) { try store.update { _ in throw Refused() } }
    #expect(try store.main() == before)
  }

  @Test func mainMovesOnlyFromWhereItIsExpected() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let root = try store.main()
    let a = try madeUp("id a", name: "a", by: store.machine.id)
    let (_, commit) = try store.update { _ in RegistryChange([.project(a.id): a.json], message: "Add a") }
    #expect(throws: RegistryStoreError.self) { try store.advance(to: root, message: "back", expecting: root) }
    #expect(try store.main() == commit)
    #expect(try store.advance(to: root, message: "back", expecting: commit) == commit)
    #expect(try store.main() == root)
  }

  @Test func theViewIsWhatTheTreeSaysHoweverItIsMade() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    var projects: [Project] = []
    for index in 0..<40 {
      projects.append(try madeUp("id \(index)", name: "p\(index)", by: store.machine.id))
    }
    try store.update { _ in
      RegistryChange(
        Dictionary(uniqueKeysWithValues: projects.map { (EntryPath.project($0.id), $0.json) }), message: "Add"
      )
    }
    _ = try store.refreshView(required: true)
    projects[3].name = "other"
    try store.update { _ in
      RegistryChange(
        [.project(projects[3].id): projects[3].json, .project(projects[4].id): nil], message: "Change")
    }
    let patched = try store.view().rows
    try Files.removeTree(scratch.registry.appending("cache"))
    #expect(try store.view().rows == patched)
    #expect(patched.count == 39)
    #expect(patched.contains { $0.name == "other" })
  }

  @Test func aLockFileThatAKilledProcessLeftBehindIsRemoved() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    try Files.replace(scratch.registry.pushing("refs/heads/main.lock"), with: [])
    let a = try madeUp("id a", name: "a", by: store.machine.id)
    try store.update { _ in RegistryChange([.project(a.id): a.json], message: "Add a") }
    #expect(try store.project(a.id, in: store.main()) == a)
  }

  @Test func undoTakesTheLastChangeBackAndThenTheOneBefore() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    var a = try madeUp("id a", name: "a", by: store.machine.id)
    try store.update { _ in RegistryChange([.project(a.id): a.json], message: "Add a") }
    a.name = "renamed"
    a.touch(by: store.machine.id, now: Timestamp(milliseconds: 5))
    try store.update { _ in RegistryChange([.project(a.id): a.json], message: "Rename a") }
    let undone = try store.undo()
    #expect(undone.subject == "Rename a")
    #expect(try store.main() == undone.commit)
    let back = try #require(try store.project(a.id, in: store.main()))
    #expect(back.name == "a")
    #expect(back.updated > a.updated)
    #expect(try store.undo(undone.commit).subject == "Undo \"Rename a\"")
    #expect(try store.project(a.id, in: store.main())?.name == "renamed")
    _ = try store.undo()
    #expect(try store.undo().subject == "Add a")
    #expect(try store.project(a.id, in: store.main()) == nil)
    #expect(throws: RegistryStoreError.self) { _ = try store.undo() }
  }

  @Test func whatIsNoRegistryIsToldApart() throws {
    let scratch = try Scratch(machine: "here")
    try scratch.git("init", "-q", "--bare", "-b", "main", "empty")
    func error(at path: FilePath) -> (any Error)? {
      do { _ = try RegistryStore.open(path) } catch { return error }
      return nil
    }
    let empty = scratch.path.appending("empty")
    #expect(error(at: empty) as? RegistryIndexError == .noRegistry(at: empty, .noMainBranch))
    try scratch.repository("ordinary")
    let ordinary = scratch.path.pushing("ordinary/.git")
    guard case .notARegistry(.registry(ordinary))? = error(at: ordinary) as? RegistryStoreError else {
      Issue.record("an ordinary repository passes for a registry")
      return
    }
    let nowhere = scratch.path.appending("nowhere")
    #expect(error(at: nowhere) as? RegistryIndexError == .noRegistry(at: nowhere, .nothing))
    try Files.replace(scratch.path.appending("file"), with: [1])
    let file = scratch.path.appending("file")
    #expect(error(at: file) as? RegistryIndexError == .noRegistry(at: file, .notADirectory))
  }
}
