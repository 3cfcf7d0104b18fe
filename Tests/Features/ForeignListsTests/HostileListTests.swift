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
    let result = try read(.mani, text)
    #expect(result.entries.map(\.name) == ["shop"])
    #expect(result.entries[0].tags.isEmpty)
    #expect(throws: ListError.self) { try read(.mani, "projects: *nowhere\n") }
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
