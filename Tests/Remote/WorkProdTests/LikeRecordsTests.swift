import Registry
import TestSupport
import Testing
import WorkProd

/// Records that could be one project: of one URL, or with one block. Each is a project, and which is which never changes.
@Suite struct LikeRecordsTests {
  /// What a machine that has looked before sees, and one that looks for the first time.
  private func both(_ service: FakeService, _ before: RecordSet) -> RecordSet {
    let set = RecordSet(service.list, .plain, knowing: LastSeenState(before))
    #expect(RecordSet(service.list, .plain).contents.projects == set.contents.projects)
    return set
  }

  private func names(_ set: RecordSet) -> [Int: String] {
    var names: [Int: String] = [:]
    for holding in set.holdings.values {
      let project = set.contents.projects.first {
        set.holdings[$0.key]?.record.number == holding.record.number
      }
      names[holding.record.number] = project?.value["name"]?.string
    }
    return names
  }

  @Test(arguments: [
    ["https://example.org/p", "https://example.org/p"], ["https://example.org/p", "git@example.org:p.git"],
    ["ssh://git@example.org/p", "https://EXAMPLE.org/p.git", "https://example.org/p/"],
  ])
  func severalOfOneURLAreAsManyProjects(_ urls: [String]) {
    var service = FakeService()
    for (index, url) in urls.enumerated() {
      service.now += 1
      _ = service.post(.object(["name": .string("d\(index)"), "remote_url": .string(url)]))
    }
    var set = RecordSet(service.list, .plain)
    let ids = set.remembered.mapValues(\.project)
    #expect(set.reports.count == urls.count - 1 && ids.count == urls.count)
    #expect(set.contents.projects[ids[1]!]?["identity"] == .string("remote example.org/p"))
    #expect(set.contents.projects[ids[1]!]?["distinct"] == nil)
    #expect(set.contents.projects[ids[2]!]?["distinct"] == .bool(true))
    #expect(RecordSet(service.list, .plain, knowing: LastSeenState(set)).reports == [])
    // Whichever is edited, on whichever machine.
    for round in 0..<12 {
      let number = round % urls.count + 1
      service.now += 10
      service.patch(number, .object(["name": .string("n\(round)"), "description": .string("of \(round)")]))
      set = both(service, set)
      #expect(set.remembered.mapValues(\.project) == ids)
      #expect(set.contents.projects[ids[number]!]?["name"] == .string("n\(round)"))
      if round == 6 {
        service.send(set.contents, knowing: LastSeenState(set))
        set = both(service, set)
        #expect(set.lacking == [] && PushPlan(from: set, to: set.contents).count == 0)
      }
    }
    service.send(set.contents, knowing: LastSeenState(set))
    set = RecordSet(service.list, .plain)
    // The first is removed, and the others stay what they are.
    service.delete(1)
    let left = both(service, set)
    #expect(left.contents.projects.keys.sorted() == ids.filter { $0.key > 1 }.values.sorted())
  }

  /// A service with one project of ours, and the copy of its record that a person made.
  private func copied(_ changes: JSON.Members) -> (service: FakeService, before: RecordSet) {
    var generator = SeededGenerator(seed)
    var service = FakeService()
    var contents = RegistryContents()
    generator.put(1, in: &contents)
    service.send(contents)
    let before = RecordSet(service.list, .plain)
    var copy = service.records.values.first ?? [:]
    for key in ["id", "path"] { copy[key] = nil }
    service.now += 100
    _ = service.post(.object(copy.merging(changes) { $1 }))
    return (service, before)
  }

  @Test(
    arguments: [
      ["name": .string("copy")], ["path": .string("/copy")],
      ["status": .string("cancelled"), "name": .string("c")],
      ["remote_url": .string("https://example.org/another")],
    ] as [JSON.Members])
  func aCopyIsAProjectOfItsOwn(_ changes: JSON.Members) {
    var (service, before) = copied(changes)
    let id = before.remembered[1]!.project
    var set = both(service, before)
    #expect(set.remembered[1]?.project == id && set.contents.projects.count == 2)
    #expect(set.contents.projects[id] == before.contents.projects[id])
    #expect(PushPlan(from: set, to: set.contents).deletions == [])
    // What is done to the original before anybody has pushed makes the copy no more than it is.
    service.now += 100
    service.patch(1, .object(["name": .string("edited")]))
    set = RecordSet(service.list, .plain, knowing: LastSeenState(before))
    #expect(names(set)[1] == "edited" && set.remembered[1]?.project == id)
    service.send(set.contents, knowing: LastSeenState(before))
    let after = RecordSet(service.list, .plain)
    #expect(after.contents.projects == set.contents.projects && after.lacking == [])
    service.delete(1)
    #expect(both(service, after).contents.projects.count == 1)
  }

  @Test func aCopyOfACopyWhoseOriginalLostItsBlockTakesNothingAway() {
    var (service, before) = copied(["name": .string("copy")])
    var set = both(service, before)
    service.send(set.contents, knowing: LastSeenState(before))
    set = RecordSet(service.list, .plain)
    var copy = service.records[2] ?? [:]
    for key in ["id", "path"] { copy[key] = nil }
    copy["name"] = .string("third")
    _ = service.post(.object(copy))
    service.patch(2, .object(["description": .string("no block")]))
    let seen = RecordSet(service.list, .plain, knowing: LastSeenState(set))
    #expect(seen.holdings.count == 3 && PushPlan(from: seen, to: seen.contents).deletions == [])
    #expect(seen.remembered[2]?.project == set.remembered[2]?.project)
    // Also to a machine that has never looked, nothing is a copy that may go.
    let fresh = RecordSet(service.list, .plain)
    #expect(fresh.holdings.count == 3 && PushPlan(from: fresh, to: fresh.contents).deletions == [])
  }
}
