import Registry
import TestSupport
import Testing
import WorkProd

/// Values that the service does not take, that the registry has no room for, or that look like ours.
@Suite struct KeptValuesTests {
  private func pushed(_ fields: JSON.Members, keepsType: Bool = false) -> (
    service: FakeService, id: ProjectID
  ) {
    var service = FakeService()
    service.keepsType = keepsType
    let record = FakeService.one(["name": .string("app")])
    let made = ProjectSnapshot(madeElsewhere: record, .plain, identity: "id app")
    var contents = RegistryContents()
    contents.projects[made.id] = .object(made.project.object!.merging(fields) { $1 })
    service.send(contents)
    return (service, made.id)
  }

  /// The registry with a field set by a machine at the service's time.
  private func set(
    _ key: String, _ value: String?, _ id: ProjectID, _ contents: RegistryContents, _ now: Int64
  ) -> RegistryContents {
    var contents = contents
    var members = contents.projects[id]!.object!
    members[key] = value.map { .string($0) }
    members["updated"] = .string(Timestamp(milliseconds: now * 1000 + 1).description)
    members["updated_by"] = .string(MachineID(7).hex)
    contents.projects[id] = .object(members)
    return contents
  }

  @Test(arguments: [false, true])
  func aTypeThatTheServiceSetsItselfIsTheirsToReportAndOursToKeep(_ keepsType: Bool) {
    var (service, id) = pushed(["project_type": .string("Learning")], keepsType: keepsType)
    var last = RecordSet(service.list, .plain)
    for (round, (theirs, ours)) in [
      ("Personal", "Work"), ("Inactive", nil), ("Work", "Work"), ("Personal", "Learning"),
    ].enumerated() {
      service.put(1, "project_type", .string(theirs))
      var seen = RecordSet(service.list, .plain, knowing: LastSeenState(last))
      #expect(seen.contents.projects[id]?["project_type"] == .string(theirs), "round \(round)")
      service.now += 10
      service.send(set("project_type", ours, id, seen.contents, service.now), knowing: LastSeenState(last))
      last = seen
      for _ in 0..<3 {
        seen = RecordSet(service.list, .plain, knowing: LastSeenState(last))
        #expect(seen.contents.projects[id]?["project_type"]?.string == ours, "round \(round)")
        #expect(RecordSet(service.list, .plain).contents == seen.contents && seen.lacking == [])
        #expect(PushPlan(from: seen, to: seen.contents).count == 0)
        last = seen
      }
      // Another client's edit of another field tells nothing of this one, nor does one that takes the block away.
      service.now += 10
      service.patch(1, .object(["status": .string(round % 2 == 0 ? "paused" : "active")]))
      #expect(RecordSet(service.list, .plain).contents.projects[id]?["project_type"]?.string == ours)
      service.patch(1, .object(["description": .string("over it")]))
      seen = RecordSet(service.list, .plain, knowing: LastSeenState(last))
      #expect(seen.contents.projects[id]?["project_type"]?.string == ours, "round \(round)")
      service.send(seen.contents, knowing: LastSeenState(last))
      last = RecordSet(service.list, .plain)
      #expect(last.contents == seen.contents)
    }
  }

  @Test func aTypeThatTheServiceGoesBackToIsItsEditAgain() {
    var (service, id) = pushed(["project_type": .string("Learning")])
    service.put(1, "project_type", .string("Personal"))
    var seen = RecordSet(service.list, .plain)
    service.now += 10
    service.send(set("project_type", "Work", id, seen.contents, service.now))
    for theirs in ["Inactive", "Personal", "Learning", "Personal"] {
      service.put(1, "project_type", .string(theirs))
      seen = RecordSet(service.list, .plain)
      #expect(seen.contents.projects[id]?["project_type"] == .string(theirs))
      #expect(seen.lacking == [id])
      service.send(seen.contents)
      let again = RecordSet(service.list, .plain)
      #expect(again.contents == seen.contents && again.lacking == [])
      #expect(PushPlan(from: again, to: again.contents).count == 0)
    }
  }

  @Test func aNewerServiceTellsThatATypeWasCleared() {
    var (service, id) = pushed(["project_type": .string("Work")], keepsType: true)
    #expect(service.records[1]?["project_type"] == .string("Work"))
    service.now += 10
    service.patch(1, .object(["project_type": .null]))
    let seen = RecordSet(service.list, .plain)
    #expect(seen.contents.projects[id]?["project_type"] == nil)
    service.send(seen.contents)
    #expect(RecordSet(service.list, .plain).contents == seen.contents)
  }

  @Test(arguments: [
    "text\n\nDev-Infra-Note: mine", "Dev-Infra-Note: mine\nDev-Infra-Other: too", "Dev-Infra-Id: 7",
    "Dev-Infra-: x",
    "a\n\nDev-Infra-Digest: weekly\n", "Dev-Infra-Project: none\n\nlast", "\n\n\n", "x\r", "x\r\n",
    "x\r\ny\r\n\r\n", "\r",
    " ", "a\u{0}b", "\u{1B}[31mred\n", "a\u{2028}b\u{2029}", "e\u{301}", "\u{FEFF}x", "tail\n\n\n",
    "\u{FFFD}", "\u{1F600}",
    "Dev-Infra-Id: \(String(repeating: "a", count: 40))\n\nbelow", String(repeating: "long ", count: 30000),
    String(repeating: "é\u{7}", count: 20000), "a\n\nDev-Infra-Checkout: 0123456789abcdef x",
  ])
  func aDescriptionOfAnotherClientStaysToTheByte(_ text: String) {
    var service = FakeService()
    _ = service.post(.object(["name": .string("theirs"), "description": .string(text)]))
    var seen = RecordSet(service.list, .plain)
    let id = seen.remembered[1]!.project
    #expect(seen.lacking == [])
    for (key, value) in [("status", "paused"), ("organization", "acme"), ("name", "ours")] {
      service.now += 10
      let wanted = set(key, value, id, seen.contents, service.now)
      service.send(wanted, knowing: LastSeenState(seen))
      seen = RecordSet(service.list, .plain, knowing: LastSeenState(seen))
      #expect(seen.contents == wanted && seen.lacking == [])
      let now = service.records[1]?["description"]?.string ?? ""
      #expect(now.utf8.starts(with: (text + "\n\nDev-Infra-Id: \(id.hex)\nDev-Infra-Project: {").utf8))
    }
  }

  @Test(arguments: [
    ("name", String(repeating: "n", count: 3000)), ("organization", String(repeating: "o", count: 700)),
    ("organization", String(repeating: "o", count: 7000)), ("organization", "a\u{7}b"),
    ("remote_url", "https://example.org/" + String(repeating: "p", count: 800)),
    ("remote_url", "no URL at all: \u{1B}"), ("remote_url", "https://u:secret@example.org/x"),
  ])
  func aLongOrStrangeValueOfAnotherClientStays(_ key: String, _ text: String) {
    var service = FakeService()
    _ = service.post(.object(JSON.Members(["name": .string("theirs")]).merging([key: .string(text)]) { $1 }))
    var seen = RecordSet(service.list, .plain)
    let id = seen.remembered[1]!.project
    let value = seen.contents.projects[id]?[key]?.string
    #expect(
      value.map { $0.utf8.elementsEqual(text.utf8) } ?? false || seen.reports.count == 1
        || text.contains("secret"))
    for (other, word) in [("status", "paused"), ("template", "t"), ("status", "active")] {
      service.now += 10
      let wanted = set(other, word, id, seen.contents, service.now)
      service.send(wanted, knowing: LastSeenState(seen))
      seen = RecordSet(service.list, .plain, knowing: LastSeenState(seen))
      #expect(seen.contents == wanted && seen.lacking == [] && seen.reports == [])
      #expect(service.records[1]?[key] == .string(text))
    }
  }

  @Test func anEmptyNameRenamesNothing() {
    var (service, id) = pushed([:])
    let before = RecordSet(service.list, .plain)
    service.now += 10
    service.patch(1, .object(["name": .string("")]))
    for knowing in [LastSeenState(), LastSeenState(before)] {
      let seen = RecordSet(service.list, .plain, knowing: knowing)
      #expect(seen.contents.projects[id]?["name"] == .string("app"))
    }
    let seen = RecordSet(service.list, .plain, knowing: LastSeenState(before))
    #expect(seen.reports.count == 1)
    service.send(seen.contents, knowing: LastSeenState(before))
    #expect(service.records[1]?["name"] == .string("app"))
    let after = RecordSet(service.list, .plain)
    #expect(after.contents == seen.contents && after.lacking == [] && after.reports == [])
  }

  @Test(arguments: ["0000000000000000000000000000000000000000", "", "what?", "ABC"])
  func aDamagedDigestIsMadeAnew(_ digest: String) {
    var (service, id) = pushed(["description": .string("text")])
    let text = service.records[1]!["description"]!.string!
    let head = text[..<text.range(ofLine: "Dev-Infra-Digest: ")]
    service.patch(
      1, .object(["description": .string(head + (digest.isEmpty ? "" : "Dev-Infra-Digest: \(digest)"))]))
    let seen = RecordSet(service.list, .plain)
    #expect(seen.lacking == [id] && seen.contents.projects[id]?["description"] == .string("text"))
    service.send(seen.contents)
    let after = RecordSet(service.list, .plain)
    #expect(after.lacking == [] && after.contents == seen.contents)
  }

  @Test func aLineOfANewerVersionIsKept() {
    var (service, id) = pushed([:])
    let text = service.records[1]!["description"]!.string!
    service.patch(1, .object(["description": .string("Dev-Infra-Later: {\"x\":1}\n" + text)]))
    let seen = RecordSet(service.list, .plain)
    service.now += 10
    service.send(set("status", "paused", id, seen.contents, service.now))
    #expect(service.records[1]!["description"]!.string!.contains("Dev-Infra-Later: {\"x\":1}\n"))
    #expect(RecordSet(service.list, .plain).contents.projects[id]?["description"] == nil)
  }

  @Test(arguments: ["%\nright below", "above\n%", "above\n%\nbelow", "above\n\n%\n\nbelow"])
  func aBlockIsFoundBesideAPersonsLines(_ form: String) {
    var (service, id) = pushed(["template": .string("t")])
    let block = service.records[1]!["description"]!.string!
    let parts = form.split(separator: "%", omittingEmptySubsequences: false)
    service.patch(1, .object(["description": .string(parts[0] + block + parts[1])]))
    let seen = RecordSet(service.list, .plain)
    #expect(seen.contents.projects[id]?["template"] == .string("t"))
    let text = seen.contents.projects[id]?["description"]?.string ?? ""
    #expect(!text.contains("Dev-Infra") && text.contains("ight") == form.contains("ight"))
    service.send(seen.contents)
    #expect(RecordSet(service.list, .plain).contents == seen.contents)
  }
}

extension String {
  /// Where a line begins.
  fileprivate func range(ofLine start: String) -> String.Index {
    var index = startIndex
    while index < endIndex, !self[index...].hasPrefix(start) { index = self.index(after: index) }
    return index
  }
}
