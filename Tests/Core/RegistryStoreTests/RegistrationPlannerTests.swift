import Git
import SystemSupport
import Registry
import RegistryStore
import RegistryIndex
import SystemPackage
import TestSupport
import Testing

@Suite struct RegistrationPlannerTests {
  @Test func twoClonesAreOneProjectWithTwoPaths() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let one = try scratch.repository("one", url: "https://github.com/Me/App.git")
    let two = try scratch.repository("two", url: "git@github.com:me/app")
    let result = try store.register([one, two], dryRun: false)
    #expect(result.failures.isEmpty)
    #expect(Set(result.registrations.map(\.id)).count == 1)
    #expect(
      result.registrations[0].id == ProjectID(ofIdentity: "remote github.com/me/app", hash: ObjectID.blobHash)
    )
    let checkout = try store.checkout(result.registrations[0].id, of: store.machine.id, in: store.main())
    #expect(checkout?.paths.map(\.path) == [one, two])
  }

  @Test func aProjectKeepsItsIdWhenItsUrlChanges() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let path = try scratch.repository("one", url: "https://github.com/me/app")
    let id = try store.register([path], dryRun: false).registrations[0].id
    try scratch.git("remote", "set-url", "origin", "https://gitlab.com/me/app", at: "one")
    #expect(try store.register([path], dryRun: false).registrations[0].id == id)
    #expect(try store.project(id, in: store.main())?.remoteURL == "https://gitlab.com/me/app")
  }

  @Test func anotherMachinesUrlIsNotOverwrittenByOneThatMerelyDiffers() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let path = try scratch.repository("one", url: "https://github.com/me/app")
    let id = try store.register([path], dryRun: false).registrations[0].id
    var project = try #require(try store.project(id, in: store.main()))
    project.remoteURL = "ssh://git@github.com/me/app"
    try store.update { _ in RegistryChange([.project(id): project.json], message: "from a remote") }
    let again = try store.register([path], dryRun: false).registrations[0]
    #expect(again.change == .unchanged)
    #expect(try store.project(id, in: store.main())?.remoteURL == "ssh://git@github.com/me/app")
  }

  @Test func aCopiedMetadataFileDoesNotMakeTwoProjectsOne() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    for name in ["one", "two"] {
      let path = try scratch.repository(name, url: "https://github.com/me/\(name)")
      try Files.replace(path.appending(".dev-infra.yml"), with: Array("id: same\nname: \(name)\n".utf8))
    }
    let result = try store.register(
      [scratch.path.appending("one"), scratch.path.appending("two")], dryRun: false)
    #expect(Set(result.registrations.map(\.id)).count == 2)
    #expect(result.registrations[0].id == ProjectID(ofIdentity: "id same", hash: ObjectID.blobHash))
    #expect(
      result.registrations[1].warnings.contains {
        if case .foreignID(_, "same", _, _) = $0 { true } else { false }
      })
    let again = try store.register(
      [scratch.path.appending("one"), scratch.path.appending("two")], dryRun: false)
    #expect(again.registrations.allSatisfy { $0.change == .unchanged })
  }

  @Test func whatTheMetadataDeclaresGoesBeforeTheRegistry() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let path = try scratch.repository("one")
    let id = try store.register([path], dryRun: false).registrations[0].id
    try Files.replace(
      path.appending(".dev-infra.yml"),
      with: Array(
        "name: Better\nstatus: paused\ntags: [b, a]\ncreated: 2020-02-03\nversion: \"[X_VERSION]\"\n".utf8))
    let rows = try store.view().rows
    let (findings, warnings) = try store.refresh(rows, prune: false)
    #expect(findings.count == 1)
    #expect(!warnings.isEmpty)
    let project = try #require(try store.project(id, in: store.main()))
    #expect(project.name == "Better")
    #expect(project.status == .paused)
    #expect(project.tags == ["a", "b"])
    #expect(project.created.description == "2020-02-03")
    #expect(project.version == "unknown")
  }

  @Test func oneThatCannotBeReadStopsNoOther() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let good = try scratch.repository("good")
    let broken = try scratch.repository("broken")
    try Files.replace(broken.appending(".dev-infra.yml"), with: Array("a: [".utf8))
    let result = try store.register(
      [broken, scratch.path.appending("nowhere"), good], dryRun: false)
    #expect(result.failures.count == 2)
    #expect(result.registrations.map(\.name) == ["good"])
  }

  @Test func aDryRunChangesNothing() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let before = try store.main()
    let result = try store.register([scratch.repository("one")], dryRun: true)
    #expect(result.registrations.count == 1)
    #expect(try store.main() == before)
  }

  @Test func anotherCloneChangesNothingOfTheProjectAndStandsBehind() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let known = try scratch.repository("known", url: "https://github.com/me/app")
    let id = try store.register([known], dryRun: false).registrations[0].id
    let before = try store.project(id, in: store.main())
    let other = try scratch.repository("another", url: "git@github.com:me/app")
    try Files.replace(other.appending(".dev-infra.yml"), with: Array("name: mine\nstatus: paused\n".utf8))
    for _ in 1...2 {
      let result = try store.register([other, known], dryRun: false)
      #expect(result.registrations.map(\.id) == [id, id])
      #expect(
        result.registrations[0].warnings.contains {
          if case .anotherClone(other, _, known) = $0 { true } else { false }
        })
      #expect(try store.project(id, in: store.main()) == before)
      let checkout = try #require(try store.checkout(id, of: store.machine.id, in: store.main()))
      #expect(checkout.ranked.map(\.path) == [known, other])
      #expect(checkout.first == known)
      #expect(checkout.remotes == ["origin": "https://github.com/me/app"])
      #expect(try store.view().row(id: id.hex)?.paths.first == known.string)
    }
    try Files.removeTree(known)
    _ = try store.register([other], dryRun: false)
    #expect(try store.project(id, in: store.main())?.name == "mine")
    let checkout = try #require(try store.checkout(id, of: store.machine.id, in: store.main()))
    #expect(checkout.ranked.map(\.path) == [other])
    #expect(checkout.first == nil)
  }

  @Test func aDirectoryThatWasLeftEmptySpeaksForNothing() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let old = try scratch.repository("old", url: "https://github.com/me/app")
    let id = try store.register([old], dryRun: false).registrations[0].id
    let new = try scratch.repository("new", url: "https://github.com/me/app")
    try Files.replace(new.appending(".dev-infra.yml"), with: Array("name: moved\n".utf8))
    try Files.removeTree(old)
    try Files.makeDirectory(old)
    _ = try store.register([new], dryRun: false)
    #expect(try store.project(id, in: store.main())?.name == "moved")
    #expect(try store.view().row(id: id.hex)?.paths.first == new.string)
  }
}
