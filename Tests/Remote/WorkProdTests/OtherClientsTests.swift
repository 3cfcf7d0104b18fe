import Registry
import TestSupport
import Testing
import WorkProd

/// What other clients of the service do to its records.
@Suite struct OtherClientsTests {
  private func one(_ service: FakeService, _ form: ServiceFlavor = .plain) -> JSON.Members {
    RecordSet(service.list, form).contents.projects.values.first!.object!
  }

  private func posted(_ body: JSON.Members) -> FakeService {
    var service = FakeService()
    _ = service.post(.object(body))
    return service
  }

  @Test func aRecordWithoutABlockIsAProject() {
    let service = posted([
      "name": .string("theirs"), "remote_url": .string("git@GitHub.com:A/B.git"),
      "description": .string("text\n"),
      "status": .string("paused"), "path": .string("/x"),
    ])
    let entry = one(service)
    #expect(entry["identity"] == .string("remote github.com/a/b"))
    #expect(entry["description"] == .string("text\n") && entry["status"] == .string("paused"))
    #expect(
      entry["updated"] == .string("2023-11-14T22:13:20.000Z") && entry["created"] == .string("2023-11-14"))
    #expect(
      PushPlan(from: RecordSet(service.list, .plain), to: RecordSet(service.list, .plain).contents).count == 0
    )
  }

  @Test func aRecordWithoutURLHasAnIdOfItsOwn() {
    #expect(
      one(posted(["name": .string("x")]))["identity"] == .string("id work-prod/2023-11-14T22:13:20.000Z/1"))
  }

  @Test(
    arguments: [
      ["name": JSON.string("")], ["name": .number("5")],
      ["name": .string(String(repeating: "n", count: 999))],
      ["name": .string("a\u{1B}[31m\n\u{0}")], ["status": .string("gone")], ["status": .null],
      ["classification": .string("\n")], ["remote_url": .string("ext::sh -c x")],
      ["remote_url": .string("https://u:secret@h.org/x?token=y")], ["remote_url": .string("--upload-pack=x")],
      ["organization": .string(String(repeating: "o", count: 5000))],
      ["description": .string(String(repeating: "dé", count: 100_000))], ["description": .array([.null])],
      ["description": .string("Dev-Infra-Id: 1")],
      [
        "description": .string(
          "t\n\nDev-Infra-Id: \(String(repeating: "0", count: 40))\nDev-Infra-Project: {}")
      ],
      ["description": .string("Dev-Infra-Project: [[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]")], ["path": .object([:])],
      ["metadata": .array([])],
    ] as [JSON.Members])
  func aHostileRecordMakesAnEntryThatIsRight(_ fields: JSON.Members) throws {
    for form in [ServiceFlavor.plain, .full] {
      var service = FakeService(form)
      _ = service.post(.object(JSON.Members(["name": .string("x")]).merging(fields) { $1 }))
      let entry = JSON.object(one(service, form))
      _ = try Project(json: entry)
      #expect(!entry.compact.contains("secret") && !entry.compact.contains("token"))
    }
  }

  @Test func anEditThereIsAWriteAtItsTime() {
    for round in 0..<20 {
      var generator = SeededGenerator(seed &+ UInt64(round))
      let contents = generator.registry()
      var service = FakeService()
      service.send(contents)
      let number = service.records.keys.min()!
      let before = RecordSet(service.list, .plain)
      let id = before.remembered[number]!.project
      service.now += 1000
      service.patch(number, .object(["name": .string("renamed"), "status": .string("cancelled")]))
      let after = RecordSet(service.list, .plain)
      let old = before.contents.projects[id]!
      let new = after.contents.projects[id]!
      #expect(new["name"] == .string("renamed") && new["status"] == .string("cancelled"))
      for key in Project.knownKeys where !["name", "status", "updated", "updated_by"].contains(key) {
        #expect(new[key] == old[key], "seed \(seed), round \(round): \(key)")
      }
      // A time more than a day ahead of the service's is not followed, and ranks below it.
      let times = (Timestamp(old["updated"]!.string!)!, Timestamp(new["updated"]!.string!)!)
      let now = Timestamp(milliseconds: service.now * 1000)
      #expect(times.1.isLater(than: times.0, now: now) && !times.1.isFarFuture(now: now))
      #expect(after.contents.checkouts == before.contents.checkouts)
      #expect(RecordSet(service.list, .plain).contents == after.contents)
      // The block is made anew, and then says by itself what counts as the edit.
      #expect(PushPlan(from: after, to: after.contents).changes.map(\.record.number) == [number])
      service.now += 1000
      service.send(after.contents)
      let last = RecordSet(service.list, .plain)
      #expect(last.contents == after.contents && last.lacking == [], "seed \(seed), round \(round)")
      #expect(PushPlan(from: last, to: last.contents).count == 0)
    }
  }

  @Test func aBlockThatWasStrippedIsKnownAndPutBack() {
    for round in 0..<20 {
      var generator = SeededGenerator(seed &+ UInt64(round))
      let contents = generator.registry()
      var service = FakeService()
      service.send(contents)
      let before = RecordSet(service.list, .plain)
      let number = service.records.keys.min()!
      let id = before.remembered[number]!.project
      service.now += 1000
      service.patch(number, .object(["description": .string("only this")]))
      let lastSeen = LastSeenState(before)
      let after = RecordSet(service.list, .plain, knowing: lastSeen)
      #expect(after.lacking == [id])
      #expect(after.contents.checkouts == contents.checkouts && after.contents.machines == contents.machines)
      #expect(after.contents.projects[id]?["description"] == .string("only this"))
      #expect(after.contents.projects[id]?["template"] == contents.projects[id]?["template"])
      service.send(after.contents, knowing: lastSeen)
      let again = RecordSet(service.list, .plain)
      #expect(again.contents == after.contents && again.lacking == [], "seed \(seed), round \(round)")
    }
  }

  @Test func numbersOfAServiceThatBeganAnewMeanNothing() {
    var lastSeen = LastSeenState()
    let other = posted(["name": .string("old")])
    let set = RecordSet(other.list, .plain)
    lastSeen.records = [1: .init(project: set.remembered[1]!.project, createdAt: "2020-01-01T00:00:00")]
    lastSeen.snapshot = { set.contents.snapshots[$0] }
    var anew = FakeService()
    anew.now += 100
    _ = anew.post(.object(["name": .string("new")]))
    #expect(RecordSet(anew.list, .plain, knowing: lastSeen).lacking == [])
  }

  /// A service may carry out a creation after it seemed lost, and was made again.
  @Test func whatWasMadeTwiceByAccidentGoes() {
    let (service, contents) = doubled()
    let set = RecordSet(service.list, .plain)
    #expect(set.contents == contents && set.reports == [] && set.lacking.count == 1)
    #expect(set.remembered.keys.sorted() == [1])
    let plan = PushPlan(from: set, to: contents)
    #expect(plan.count == 1 && plan.deletions.map(\.number) == [2])
  }

  /// A service with two records of one project, which is all there is.
  private func doubled() -> (service: FakeService, contents: RegistryContents) {
    var generator = SeededGenerator(seed)
    var service = FakeService()
    var contents = RegistryContents()
    generator.put(1, in: &contents)
    service.send(contents)
    var copy = service.records.values.first ?? [:]
    for key in ["id", "path"] { copy[key] = nil }
    _ = service.post(.object(copy))
    return (service, contents)
  }

  @Test func aProjectWithAnotherIdOfTheSameURLKeepsTheRecord() {
    let service = posted(["name": .string("theirs"), "remote_url": .string("https://example.org/p")])
    let set = RecordSet(service.list, .plain)
    let identity = "id mine"
    let mine = ProjectSnapshot(madeElsewhere: service.list[0], .plain, identity: identity)
    var contents = RegistryContents()
    contents.projects[mine.id] = mine.project
    let plan = PushPlan(from: set, to: contents)
    #expect(plan.creations == [] && plan.deletions == [] && plan.changes.map(\.record.number) == [1])
  }

  @Test func whatIsThisMachinesOwnIsNotLostToARecord() {
    var lastSeen = LastSeenState()
    let place = JSON.object(["paths": .array([.object(["kind": .string("main"), "path": .string("/x")])])])
    let service = posted(["name": .string("x")])
    let id = RecordSet(service.list, .plain).remembered[1]!.project
    let gone = ProjectID(String(repeating: "a", count: 40))!
    lastSeen.machine = (MachineID(7), .object([:]))
    lastSeen.ownCheckouts = [id: place, gone: place]
    let set = RecordSet(service.list, .plain, knowing: lastSeen)
    #expect(set.contents.checkouts[id]?[MachineID(7)] == place && set.contents.checkouts[gone] != nil)
    #expect(set.contents.projects[gone] == nil && set.lacking == [id])
  }

  @Test(arguments: [
    "", "[", "{}", "[{}]", "[{\"id\":0}]", "[{\"id\":\"1\"}]", "[{\"id\":1},{\"id\":1}]", "[{\"id\":1.5}]",
    "<html>",
    "[{\"id\":1}] x", "[{\"id\":1}",
  ])
  func whatIsNoWholeListIsNone(_ text: String) {
    #expect(throws: UnusableList.self) { try ServiceRecord.list(Array(text.utf8)) }
  }

  @Test func aListOfMoreThanAnyRegistryHasIsNone() {
    func refusal(_ text: String) -> UnusableList? {
      #expect(throws: UnusableList.self) { try ServiceRecord.list(Array(text.utf8)) }
    }
    let records = (1...50_001).map { "{\"id\":\($0)}" }.joined(separator: ",")
    #expect(refusal("[\(records)]") == .tooMany(50_001, limit: 50_000))
    let values = "[" + String(repeating: "0,", count: 1_000_000) + "0]"
    guard case .notJSON(let error)? = refusal(values) else {
      Issue.record("a million values are read")
      return
    }
    #expect(error.fault == .tooManyValues(1_000_000))
  }
}
