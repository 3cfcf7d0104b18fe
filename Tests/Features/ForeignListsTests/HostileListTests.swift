import ByteStrings
import ForeignLists
import ListFormats
import Registry
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Lists that nobody wrote by hand, or that somebody wrote with intent.
@Suite struct HostileListTests {
  @Test(arguments: ListFormat.allCases) func noTextMakesItFail(format: ListFormat) throws {
    var random = SeededGenerator(seed)
    let good = written(
      format,
      [
        ListEntry(
          "shop", "https://github.com/acme/shop.git", ["/home/ann/ws/shop"], tags: ["web"],
          ["description": "x"]),
        ListEntry("lib", "git@github.com:acme/lib.git", ["/home/ann/lib"]),
      ]
    ).bytes
    for _ in 0..<300 {
      var bytes = good
      for _ in 0...random.below(4) {
        guard !bytes.isEmpty else { break }
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.below(20) + 1))
        case 2: bytes.insert(contentsOf: bytes[..<min(place, 40)], at: place)
        default: bytes.insert(random.pick(Array("\"'[]{}<>&\\\n\t,:;=#\0\u{1B}".utf8)), at: place)
        }
      }
      do {
        let result = try read(format, bytes)
        for entry in result.entries {
          #expect(!entry.name.isEmpty && !entry.name.holdsControl)
          #expect(!entry.paths.contains { $0.isRelative })
          if let url = entry.url { #expect((try? RemoteURL(url))?.isChanged == false) }
          #expect(!entry.tags.contains { !Project.isTag($0) })
        }
      } catch is ListError {}
    }
  }

  @Test func whatIsBadIsNamedAndTheRestGoesOn() throws {
    let result = try read(
      .json,
      """
      {"name":"good","remote_url":"https://h.example/good"}
      {"name":"bell\\u0007","remote_url":"https://h.example/x"}
      {"name":"nul","paths":["/a\\u0000b"]}
      {"name":"ext","remote_url":"ext::sh -c 'touch pwned'"}
      {"name":"option","remote_url":"--upload-pack=touch pwned"}
      {"name":"nothing"}
      {"name":"twice","name":"twice","remote_url":"https://h.example/x"}
      {"name":"also good","remote_url":"https://h.example/too","description":"bell\\u0007","status":"odd","tags":["a,b","ok"]}
      """)
    #expect(result.entries.map(\.name) == ["good", "also good"])
    #expect(result.skippedPlaces == [2, 3, 4, 5, 6, 7])
    #expect(Set(result.leftOut) == ["description", "status", "tags"])
    #expect(result.entries[1].tags == ["ok"])
  }

  @Test func entitiesAreNotRead() throws {
    let laughs = """
      <!DOCTYPE manifest [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
      <manifest><remote name="r" fetch="https://h.example/&b;"/></manifest>
      """
    #expect(throws: ListError.self) { try read(.manifest, laughs) }
    let file = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><application/>"
    #expect(throws: ListError.self) { try read(.jetbrains, file) }
  }

  @Test func aliasesDoNotMultiply() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...20 {
      text +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        + "]\n"
    }
    text += "projects:\n  shop: {url: 'https://h.example/x', tags: *a20}\n"
    for format in [ListFormat.mani, .repos, .grm, .backstage] {
      #expect(throws: ListError.self) { try read(format, text) }
    }
    #expect(throws: ListError.self) { try read(.mani, "projects: *nowhere\n") }
    // What few lists have is taken.
    let result = try read(
      .mani, "x: &x {url: 'https://h.example/x', tags: [a]}\nprojects:\n  shop: *x\n  lib:\n    <<: *x\n")
    #expect(result.entries.map(\.name) == ["shop", "lib"])
    #expect(result.entries.map(\.url) == ["https://h.example/x", "https://h.example/x"])
  }

  @Test func aliasesDoNotMakeALevelOfEach() throws {
    var lists = "x:\n- &a0 [x]\n"
    var maps = "projects:\n  x0: &a0 {url: 'https://h.example/x'}\n"
    for number in 1..<50_000 {
      lists += "- &a\(number) [*a\(number - 1)]\n"
      maps += "  x\(number): &a\(number) {<<: *a\(number - 1)}\n"
    }
    for format in [ListFormat.mani, .repos, .grm, .backstage] {
      #expect(throws: ListError.self) { try read(format, lists) }
      #expect(throws: ListError.self) { try read(format, maps) }
    }
  }

  @Test func aliasesOfOneLargeValueCountAsItEachTime() throws {
    let keys = (0..<2000).map { "k\($0): 1" }.joined(separator: ", ")
    let wide = "trees:\n- &a {\(keys)}\n" + String(repeating: "- *a\n", count: 1000)
    #expect(throws: ListError.self) { try read(.grm, wide) }
    let long = String(repeating: "x", count: 1 << 20)
    let texts = "projects:\n  a: {url: &a '\(long)'}\n"
    let many = (0..<100).map { "  a\($0): {url: *a}\n" }.joined()
    #expect(throws: ListError.self) { try read(.mani, texts + many) }
    #expect(try read(.mani, texts).skipped.count == 1)
  }

  @Test func linesAndWhatTheyHoldHaveBounds() throws {
    let long = String(repeating: "x", count: 2 << 20)
    for format in [ListFormat.urls, .ghq, .csv, .mr, .gita, .gitaFreeze, .gitaGroups] {
      #expect(throws: ListError.self) { try read(format, long) }
    }
    for format in [ListFormat.csv, .gita, .gitaFreeze] {
      #expect(throws: ListError.self) { try read(format, "a,b\n\"" + long) }
    }
    #expect(throws: ListError.self) {
      try read(.mr, "[a]\n" + String(repeating: "b=\n", count: 600_000))
    }
    let group = "g:" + String(repeating: "a ", count: 400_000) + ":\n"
    for format in [ListFormat.gita, .gitaFreeze, .gitaGroups] {
      #expect(throws: ListError.self) { try read(format, group + group) }
    }
    let attributes = (0..<300).map { " a\($0)='1'" }.joined()
    #expect(throws: ListError.self) { try read(.manifest, "<manifest><project\(attributes)/></manifest>") }
    #expect(throws: ListError.self) { try read(.zoxide, String(repeating: "1 /a\n", count: 100_001)) }
  }

  @Test func projectsThatAManifestTakesOutAreFoundAtOnce() throws {
    var text = "<manifest><remote name='r' fetch='https://h.example'/><default remote='r'/>"
    for number in 0..<20_000 { text += "<project name='p\(number)' path='d\(number)'/>" }
    for number in 0..<20_000 where number != 7 {
      let name = number % 3 == 1 ? "" : " name='p\(number)'"
      let path = number % 3 == 0 ? "" : " path='d\(number)'"
      text += "<remove-project\(name)\(path)/>"
      text += "<remove-project name='p7' path='d8'/><remove-project name='p7' path='nowhere'/>"
    }
    #expect(try read(.manifest, text + "<remove-project/></manifest>").entries.map(\.name) == ["p7"])
  }

  @Test func whatATOMLReaderAssumesIsNotBelieved() throws {
    for text in [
      "a={[=1}", "a={.=1}", "a={]}", "[[trees]]\nrepos=[{name=\"x\",[}]", "a={,}", "a.={}", "[.]",
      "a={\"\"\"=1}",
    ] {
      #expect(throws: ListError.self) { try read(.grm, text) }
    }
  }

  @Test func depthHasABound() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: ListError.self) { try read(.mani, "projects: " + deep) }
    #expect(throws: ListError.self) { try read(.grm, "[[trees]]\nroot = " + deep) }
    let parts = String(repeating: "a.", count: 200_000) + "b"
    #expect(throws: ListError.self) { try read(.grm, "[\(parts)]") }
    #expect(throws: ListError.self) { try read(.grm, "x = {\(parts) = 1}") }
    #expect(throws: ListError.self) { try read(.json, deep) }
    let closed = deep + String(repeating: "]", count: 100_000)
    #expect(try read(.json, "[\(closed)]").skipped.count == 1)
    let elements = String(repeating: "<project>", count: 1000)
    #expect(throws: ListError.self) { try read(.manifest, "<manifest>" + elements) }
  }

  @Test func sizesHaveBounds() throws {
    #expect(throws: ListError.self) {
      try read(.urls, String(repeating: "https://h.example/x\n", count: ListLimits.entries + 1))
    }
    #expect(throws: ListError.self) { try read(.csv, "paths" + String(repeating: ",x", count: 1000) + "\n") }
    let long = String(repeating: "x", count: 3 << 20)
    #expect(
      try read(.json, "[{\"name\":\"\(long)\"},{\"name\":\"a\",\"paths\":[\"/a\"]}]").entries.count == 1)
    #expect(throws: ListError.self) {
      try read(.grm, "a = [" + String(repeating: "1,", count: 600_000) + "]")
    }
  }

  @Test func sixteenBitsAreRefusedAndAByteOrderMarkIsNot() throws {
    #expect(throws: ListError.self) { try read(.urls, [0xFF, 0xFE, 0x68, 0x00]) }
    #expect(try read(.urls, [0xEF, 0xBB, 0xBF] + Array("https://h.example/x\n".utf8)).entries.count == 1)
  }

  @Test func nothingIsWrittenThatAShellWouldRun() throws {
    let entries = [
      ListEntry("$(touch pwned)", "https://h.example/a", ["/home/ann/ws/$(touch pwned)"]),
      ListEntry("b", "/srv/it's", ["/home/ann/ws/b"]), ListEntry("`id`", "https://h.example/c"),
      ListEntry("good", "https://h.example/good", ["/home/ann/ws/good"]),
    ]
    for format in [ListFormat.mr, .mani, .grm] {
      let text = String(decoding: written(format, entries).bytes, as: UTF8.self)
      #expect(text.contains("good"))
      if format == .mr { #expect(!text.contains("$") && !text.contains("`") && !text.contains("it's")) }
      if format == .mani { #expect(!text.contains("$(")) }
    }
  }
}
