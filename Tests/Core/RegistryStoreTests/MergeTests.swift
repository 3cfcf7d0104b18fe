import Git
import Registry
import RegistryStore
import SystemPackage
import TestSupport
import Testing

@Suite struct MergeTests {
  /// Commits below main, so that a side of a merge can be made without another machine.
  private func commit(
    _ store: borrowing RegistryStore, from base: ObjectID, _ entries: [EntryPath: JSON?]
  ) throws -> ObjectID {
    let here = try store.main()
    _ = try store.advance(to: base, message: "side", expecting: nil)
    let (_, new) = try store.update { _ in RegistryChange(entries, message: "side") }
    _ = try store.advance(to: here, message: "back", expecting: nil)
    return new
  }

  /// What both sides had before: main with one project.
  private func base(with project: Project, in store: borrowing RegistryStore) throws -> ObjectID {
    try store.update { _ in RegistryChange([.project(project.id): project.json], message: "base") }.new
  }

  @Test func differentFieldsAreBothTaken() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let project = try madeUp("id a", name: "a", by: store.machine.id)
    let path = EntryPath.project(project.id)
    let base = try base(with: project, in: store)
    var ours = project
    ours.description = "ours"
    ours.touch(by: store.machine.id, now: Timestamp(milliseconds: 10))
    var theirs = project
    theirs.status = .paused
    theirs.touch(by: store.machine.id, now: Timestamp(milliseconds: 20))
    let outcome = try store.merge(
      ours: commit(store, from: base, [path: ours.json]),
      theirs: commit(store, from: base, [path: theirs.json]),
      strategy: .lastWrite, theirName: "x")
    let merged = try #require(try store.project(project.id, in: outcome.commit))
    #expect(merged.description == "ours")
    #expect(merged.status == .paused)
    #expect(merged.updated == theirs.updated)
    #expect(outcome.reports.isEmpty)
    #expect(try store.repository.commit(outcome.commit).parents.count == 2)
  }

  @Test func twoEntriesOfOneUrlBecomeOneAndCheckoutsMoveOver() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let base = try store.main()
    var older = try madeUp("root 1", name: "older", by: store.machine.id)
    older.remoteURL = "https://github.com/me/app"
    older.created = try #require(CalendarDate("2020-01-01"))
    var newer = try madeUp("remote github.com/me/app", name: "newer", by: store.machine.id)
    newer.remoteURL = "git@github.com:me/app.git"
    newer.rootCommit = String(repeating: "2", count: 40)
    let checkout = Checkout(paths: [CheckoutPath(path: "/p", kind: .main)])
    let ours = try commit(
      store, from: base,
      [.project(newer.id): newer.json, .checkout(store.machine.id, newer.id): checkout.json])
    let theirs = try commit(store, from: base, [.project(older.id): older.json])
    let outcome = try store.merge(ours: ours, theirs: theirs, strategy: .lastWrite, theirName: "x")
    #expect(try store.project(newer.id, in: outcome.commit) == nil)
    #expect(try store.project(older.id, in: outcome.commit) != nil)
    #expect(try store.checkout(older.id, of: store.machine.id, in: outcome.commit) == checkout)
    // Seen from before it, a merge that moves this machine's checkouts could be anybody's.
    _ = try store.advance(to: outcome.commit, message: "merged", expecting: nil)
    let findings = try store.verify(outcome.commit)
    #expect(findings.isEmpty)
  }

  @Test func aBadEntryOfTheOtherSideNeitherReplacesNorDeletes() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let project = try madeUp("id a", name: "a", by: store.machine.id)
    let path = EntryPath.project(project.id)
    let base = try base(with: project, in: store)
    let other = try madeUp("id b", name: "b", by: store.machine.id)
    let theirs = try commit(
      store, from: base,
      [path: .object(["id": .string("x")]), .project(other.id): other.json])
    let outcome = try store.merge(ours: base, theirs: theirs, strategy: .lastWrite, theirName: "x")
    #expect(outcome.setAside == 1)
    #expect(try store.project(project.id, in: outcome.commit) == project)
    #expect(try store.project(other.id, in: outcome.commit) == other)
  }

  @Test func aProjectThatWasEditedByHandIsWrittenInTheCanonicalForm() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let project = try madeUp("id a", name: "a", by: store.machine.id)
    let path = EntryPath.project(project.id)
    let base = try store.update { _ in RegistryChange([path: project.json], message: "base") }.new
    var edited = project
    edited.status = .paused
    let byHand = Array(edited.json.compact.utf8)
    let theirs = try store.repository.withBatch { repository in
      let blob = try repository.writeBlob(byHand)
      let tree = try TreeEditor.apply([path: blob], to: repository.commit(base).tree, in: repository)
      let person = Signature(name: "x", email: "x@example.org", seconds: 0, offsetMinutes: 0)
      return try repository.writeCommit(
        tree: tree, parents: [base], author: person, committer: person, message: "by hand")
    }
    #expect(try !store.verify(theirs).isEmpty)
    let outcome = try store.merge(ours: base, theirs: theirs, strategy: .lastWrite, theirName: "x")
    #expect(outcome.reports.isEmpty)
    #expect(try store.project(project.id, in: outcome.commit) == edited)
    #expect(try store.verify(outcome.commit).isEmpty)
  }

  @Test func theOtherSidesCommitIsAdoptedWhereTheResultIsItsTree() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let project = try madeUp("id a", name: "a", by: store.machine.id)
    // This machine's own record is there from the start: a side that brought another would not be adopted whole.
    let other = try madeUp("id b", name: "b", by: store.machine.id)
    let base = try base(with: other, in: store)
    let ours = try commit(store, from: base, [.project(project.id): project.json])
    var later = project
    later.description = "more"
    let between = try commit(store, from: base, [.project(project.id): project.json])
    let theirs = try commit(store, from: between, [.project(project.id): later.json])
    let outcome = try store.merge(ours: ours, theirs: theirs, strategy: .theirs, theirName: "x")
    #expect(outcome.commit == theirs)
  }

  @Test func whatMoreThanOneThreadReadsIsCheckedEntryForEntry() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let other = try madeUp("id other", name: "other", by: store.machine.id)
    let base = try base(with: other, in: store)
    var projects: [Project] = []
    for number in 0..<2600 {
      var project = try madeUp("id \(number)", name: "p\(number)", by: store.machine.id)
      project.remoteURL = "https://git.example.com/me/p\(number).git"
      project.rootCommit = String(repeating: "1", count: 40)
      projects.append(project)
    }
    var twin = try madeUp("root 1", name: "twin", by: store.machine.id)
    twin.remoteURL = "git@git.example.com:me/p2500"
    twin.rootCommit = projects[0].rootCommit
    twin.updated = try #require(Timestamp("2100-01-01T00:00:00.000Z"))
    var entries: [EntryPath: JSON?] = [:]
    for project in projects + [twin] { entries[.project(project.id)] = project.json }
    let bad = Set([projects[3].id, projects[1700].id])
    for id in bad { entries[.project(id)] = .object(["id": .string("x")]) }
    let theirs = try commit(store, from: base, entries)

    let outcome = try store.merge(ours: base, theirs: theirs, strategy: .lastWrite, theirName: "x")
    #expect(outcome.setAside == 2)
    let ofFuture = outcome.reports.filter {
      if case .fromTheFuture(name: "twin", _) = $0 { true } else { false }
    }
    #expect(ofFuture.count == 1)
    let pair = [projects[2500].id, twin.id].sorted()
    for project in projects + [twin] {
      let isThere = !bad.contains(project.id) && project.id != pair[1]
      #expect(try (store.project(project.id, in: outcome.commit) != nil) == isThere)
    }

    let findings = try store.verify(theirs)
    #expect(findings.count == 3)
    var unusable: Set<ProjectID> = []
    for case .unusable(.project(let id), _) in findings { unusable.insert(id) }
    #expect(unusable == bad)
    #expect(findings.contains(.duplicate(.project(pair[0]), of: [pair[1]])))
  }
}
