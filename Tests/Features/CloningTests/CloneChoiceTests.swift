import Cloning
import Registry
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite struct CloneChoiceTests {
  /// What a plan has told.
  private final class Told { var notices: [CloneNotice] = [] }

  private let scratch: Scratch
  private let told = Told()

  init() throws { scratch = try Scratch(machine: "here") }

  private func plan(_ store: borrowing RegistryStore, isDryRun: Bool = false) throws -> ClonePlan {
    let told = told
    return try ClonePlan(store, isDryRun: isDryRun) { told.notices.append($0) }
  }

  @Test func whatIsHereIsToldAndWhatIsGoneGoesBack() throws {
    let store = try scratch.open()
    let one = try scratch.repository("one", url: "https://example.org/one")
    let two = try scratch.repository("two", url: "https://example.org/two")
    _ = try store.register([one, two], dryRun: false)
    try Files.removeTree(two)
    var plan = try plan(store)
    for row in try store.view().rows.sorted(by: { $0.name < $1.name }) { plan.choose(row, in: store) }
    #expect(plan.tasks.map(\.target) == [two])
    #expect(told.notices == [.isHere(name: "one", path: one.text)])
  }

  @Test func amongMissingOnesWhatWasMovedIsNotClonedAgain() throws {
    let store = try scratch.open()
    let one = try scratch.repository("one", url: "https://example.org/one")
    let two = try scratch.repository("two", url: "https://example.org/two")
    let three = try scratch.repository("three", url: "https://example.org/three")
    _ = try store.register([one, two, three], dryRun: false)
    try Files.removeTree(two)
    let moved = scratch.path.appending("moved")
    try Files.move(three, to: moved)
    var plan = try plan(store, isDryRun: true)
    try plan.restoreMissing(among: store.view().rows, in: store)
    #expect(plan.tasks.map(\.target) == [two])
    #expect(told.notices == [.isHereMoved(name: "three", from: three, to: moved)])
    // A plan that is only shown has changed nothing.
    #expect(try store.view().rows.flatMap(\.paths).contains(three.text))
  }

  @Test func whatHasNoURLIsToldAndTheRestIsPlanned() throws {
    let store = try scratch.open()
    let with = try scratch.repository("with", url: "https://example.org/with")
    let without = try scratch.repository("without")
    _ = try store.register([with, without], dryRun: false)
    try store.forget(store.view().rows)
    var plan = try plan(store)
    try plan.addAbsent(among: store.view().rows, in: store)
    #expect(plan.tasks.map(\.name) == ["with"])
    #expect(told.notices == [.withoutURL(["without"])])
  }

  @Test func aURLIsPlannedWithoutWhatMayBeSecret() throws {
    let store = try scratch.open()
    var plan = try plan(store)
    try plan.choose(url: "https://me:hunter2@example.org/a/b.git")
    #expect(plan.tasks.map(\.url) == ["https://example.org/a/b.git"])
    guard case .urlShortened(let url)? = told.notices.first else { return #expect(Bool(false)) }
    #expect(url.droppedSecret)
    #expect(throws: CloningError.self) { try plan.choose(url: "ext::sh -c x") }
  }

  @Test func wordsNameProjectsMatchThemOrLeadToWhatIsNew() throws {
    let store = try scratch.open()
    let shop = try scratch.repository("shop-one", url: "https://example.org/shop-one")
    let other = try scratch.repository("shop-two", url: "https://example.org/shop-two")
    _ = try store.register([shop, other], dryRun: false)
    try store.forget(store.view().rows)
    var plan = try plan(store)
    let words = ["shop-*", "https://example.org/new", "nothing-*", "nothing"]
    let failures = try plan.choose(
      words.map { ProjectQuery($0, directory: "/") }, globs: words.count, in: store)
    #expect(Set(plan.tasks.map(\.name)) == ["shop-one", "shop-two", "new"])
    guard failures.count == 2, case CloningError.noneMatches("nothing-*") = failures[0],
      case RegistryIndexError.unknownProject = failures[1]
    else { return #expect(Bool(false), "\(failures)") }
  }

  @Test func aGlobOfStandardInputIsAName() throws {
    let store = try scratch.open()
    var plan = try plan(store)
    let failures = try plan.choose([ProjectQuery("*", directory: "/")], globs: 0, in: store)
    #expect(failures.count == 1 && plan.tasks.isEmpty)
  }

  @Test func optionsAreKeptByTheCommitThatRegistersAProject() throws {
    let store = try scratch.open()
    let shop = try scratch.repository("shop", url: "https://example.org/shop")
    let edits = [try FieldEdit("clone_options=--filter=blob:none")]
    let registered = try store.register([shop], dryRun: false, edits: edits).registrations
    #expect(registered.map(\.change) == [.registered])
    #expect(try store.view().rows.map { CloneOptions($0[.field("clone_options")])?.filter } == ["blob:none"])
    let main = try store.main()
    #expect(
      try store.register([shop], dryRun: false, edits: edits).registrations.map(\.change) == [.unchanged])
    #expect(try store.main() == main)
  }
}
