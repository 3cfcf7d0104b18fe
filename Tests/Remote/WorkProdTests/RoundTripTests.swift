import Registry
import TestSupport
import Testing
import WorkProd

/// Registries to records and back, on services of both forms.
@Suite struct RoundTripTests {
  @Test(arguments: [ServiceFlavor.plain, .full])
  func whatIsPushedIsFetched(_ form: ServiceFlavor) {
    for round in 0..<40 {
      var generator = SeededGenerator(seed &+ UInt64(round))
      var contents = generator.registry()
      var service = FakeService(form)
      service.send(contents)
      for step in 0..<4 {
        #expect(contents.illegal == [], "seed \(seed), round \(round), step \(step)")
        let set = RecordSet(service.list, form)
        #expect(set.contents == contents, "seed \(seed), round \(round), step \(step)")
        #expect(set.reports == [] && set.lacking == [])
        #expect(PushPlan(from: set, to: contents).count == 0, "seed \(seed), round \(round), step \(step)")
        generator.edit(&contents)
        service.send(contents)
      }
    }
  }

  @Test func aPersonsTextStaysByteForByte() {
    let shown = SeededGenerator.texts.map { ($0, $0) }
    // What no entry may hold stays in the record, and is shown as U+FFFD.
    let refused = [
      ("\u{1}\u{7F}\"\\", "\u{FFFD}\u{FFFD}\"\\"), ("a\rb\r\n\u{85}\t", "a\u{FFFD}b\r\n\u{FFFD}\t"),
    ]
    for (text, shown) in shown + refused where !text.isEmpty {
      var generator = SeededGenerator(seed)
      var contents = generator.registry()
      var service = FakeService()
      service.send(contents)
      let number = service.records.keys.min()!
      let old = service.list[0].fields[.description]!
      let block = old.suffix(from: old.range(ofLast: "Dev-Infra-Id: "))
      service.now += 10
      service.patch(number, .object(["description": .string(text + "\n\n" + block)]))
      let set = RecordSet(service.list, .plain)
      let id = set.remembered[number]!.project
      #expect(set.contents.projects[id]?["description"] == .string(shown))
      // Another machine's change of something else leaves it alone.
      contents = set.contents
      guard case .object(var entry)? = contents.projects[id] else { return }
      entry["status"] = .string("paused")
      entry["template"] = .string("t")
      contents.projects[id] = .object(entry)
      service.send(contents)
      #expect(service.list[0].fields[.description]!.utf8.starts(with: (text + "\n\nDev-Infra-Id: ").utf8))
      #expect(RecordSet(service.list, .plain).contents == contents)
    }
  }
}

extension String {
  /// Where the last line begins that starts with the word; names and texts may hold it, too.
  func range(ofLast word: String) -> Index {
    utf8.indices.last {
      utf8[$0...].starts(with: word.utf8)
        && ($0 == startIndex || utf8[utf8.index(before: $0)] == UInt8(ascii: "\n"))
    }!
  }
}
