import ByteStrings
import ForeignLists
import ListFormats
import Registry
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What is written in a format is read again as it was, as far as the format has room for it.
@Suite struct RoundTripTests {
  private static let words = [
    "shop", "it's", "say \"hi\"", "a,b", "a|b", "a:b", "x y", "ünï", "日本", "$HOME", "`id`", "#1", "- x",
    "null", "1.0",
    "<b>&amp;", "back\\slash", "%(name)", "[x]", "{y}", "*", "&a", "=1", "e\u{301}", "🙂", "..x", "-x", "~x",
  ]

  private static func entry(_ random: inout SeededGenerator, _ number: Int) -> ListEntry {
    let word = random.pick(words)
    var entry = ListEntry("\(word)\(number)")
    if random.chance(80) {
      entry.url = random.pick([
        "https://github.com/acme/p\(number).git", "https://h.example:8443/a/b/p\(number)",
        "git@github.com:acme/p\(number).git", "ssh://git@h.example:2222/x/p\(number)", "/srv/git/p\(number)",
        "http://h.example/p\(number)",
      ])
    }
    if entry.url == nil || random.chance(60) {
      entry.paths = [FilePath(text: "\(random.pick(["/home/ann/ws", "/home/ann", "/srv"]))/\(word)\(number)")]
      if random.oneIn(5) { entry.paths.append(FilePath(text: "/opt/second/\(number)")) }
    }
    if random.chance(50) {
      entry.tags = (0..<random.below(3)).map { _ in random.pick(words.filter { !$0.holds(",") }) }
        .sortedUniqueByBytes()
    }
    for key in ["description", "homepage", "organization", "default_branch", "classification", "created"]
    where random.oneIn(3) {
      entry.fields[key] =
        switch key {
        case "homepage": "https://h.example/\(number)"
        case "default_branch": random.pick(["main", "feature/x", "ünï"])
        case "classification": "archive"
        case "created": "2020-01-02"
        case "description": random.pick(words) + random.pick(["", "\n", " two\nlines\twide"])
        default: random.pick(words)
        }
    }
    if entry.url != nil, random.oneIn(3) {
      entry.remotes = ["origin": entry.url ?? "", "fork": "git@github.com:ann/p\(number).git"]
    }
    return entry
  }

  /// The fields that a format can hold beside the name.
  private static func fields(of format: ListFormat) -> Set<String> {
    switch format {
    case .github, .gitea: ["description", "homepage", "default_branch", "classification", "created"]
    case .gitlab: ["description", "default_branch", "classification", "created"]
    case .repos, .gitaFreeze, .manifest: ["default_branch"]
    case .mani: ["description"]
    case .backstage: ["description", "homepage", "organization", "classification"]
    case .csv, .json:
      ["description", "homepage", "organization", "default_branch", "classification", "created"]
    default: []
    }
  }

  private static func holdsTags(_ format: ListFormat, _ tag: String) -> Bool {
    switch format {
    case .github, .gitlab, .gitea, .mani, .vscode, .jetbrains, .csv, .json: true
    case .manifest: !tag.holds(" ")
    // But for names with the mark that stands between them, see below.
    case .gitaFreeze: true
    default: false
    }
  }

  @Test(arguments: ListFormat.allCases.filter { $0 != .gitaGroups }) func whatAFormatHoldsComesBack(
    format: ListFormat
  ) throws {
    var random = SeededGenerator(seed &+ UInt64(format.rawValue.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
    for _ in 0..<40 {
      let entries = (0..<random.below(8)).map { Self.entry(&random, $0) }
      let text = written(format, entries)
      let omitted = Set(text.omitted.values.flatMap { $0 })
      let result = try read(format, text.bytes)
      #expect(
        result.skipped.isEmpty,
        "\(format) \(result.skipped) of \(String(decoding: text.bytes, as: UTF8.self))")
      var kept = entries.filter { !omitted.contains($0.name) }
      if !format.holdsURLs { kept = kept.filter { !$0.paths.isEmpty } }
      if format == .urls || format == .ghq {
        #expect(
          Set(result.entries.compactMap { $0.url.flatMap { try? RemoteURL($0).normalized } })
            == Set(kept.compactMap { $0.url.flatMap { try? RemoteURL($0).normalized } }))
        continue
      }
      for entry in kept {
        let found = result.entries.filter { candidate in
          format.holdsURLs && entry.url != nil
            ? (try? RemoteURL(candidate.url ?? "").normalized) == (try? RemoteURL(entry.url ?? "").normalized)
            : candidate.paths.contains { entry.paths.contains($0) }
        }
        guard let read = found.first else {
          Issue.record(
            "\(format): \(entry.json.compact) is lost in \(String(decoding: text.bytes, as: UTF8.self))")
          continue
        }
        for key in Self.fields(of: format) {
          #expect(read.fields[key] == entry.fields[key], "\(format) \(key)")
        }
        for tag in entry.tags
        where Self.holdsTags(format, tag) && !(format == .gitaFreeze && entry.name.holds("|")) {
          #expect(read.tags.containsBytes(of: tag), "\(format): the tag \(tag)")
        }
        if format.holdsRemotes, !(format == .grm && entry.url?.begins(with: "http://") ?? false) {
          let others = entry.remotes.sortedByKey().filter { $0.key != "origin" }.map(\.value)
          #expect(others.allSatisfy { read.remotes.values.contains($0) }, "\(format): the remotes")
        }
        if [.csv, .json, .backstage, .vscode].contains(format) {
          #expect(read.name == entry.name, "\(format)")
        }
        if [.csv, .json].contains(format) { #expect(read.paths == entry.paths, "\(format)") }
      }
    }
  }

  @Test func groupsGoWithTheNamesOfTheList() throws {
    let entries = [
      ListEntry("shop", nil, ["/a/shop"], tags: ["web"]),
      ListEntry("shop", nil, ["/b/shop"], tags: ["web", "x y"]),
    ]
    let list = written(.gita, entries).bytes + written(.gitaGroups, entries).bytes
    let read = try read(.gita, list)
    #expect(read.entries.map(\.tags) == [["web"], ["web"]])
    #expect(Set(read.entries.map(\.name)).count == 2)
    #expect(written(.gitaGroups, entries).omitted[.unwritable] == ["shop"])
  }

  @Test func partsOfARepositoryAreClonedOnce() throws {
    var parts = ["one", "two"].map {
      ListEntry($0, "https://h.example/mono.git", ["/home/ann/ws/mono/\($0)"])
    }
    for (index, name) in ["one", "two"].enumerated() { parts[index].fields["subdirectory"] = name }
    let result = try read(.repos, written(.repos, parts).bytes)
    #expect(result.entries.map(\.paths) == [["/home/ann/ws/mono"]])
    #expect(try read(.json, written(.json, parts).bytes).entries == parts)
  }

  @Test func namesOnceTakenGetMoreOfTheirURL() throws {
    let entries = [
      ListEntry("api", "https://github.com/acme/api.git"),
      ListEntry("api", "https://github.com/globex/api.git"),
      ListEntry("api", "https://gitlab.com/globex/api.git"),
      ListEntry("api", "https://gitlab.com/globex/api"),
    ]
    let result = try read(.mani, written(.mani, entries).bytes)
    #expect(Set(result.entries.map(\.name)).count == 4)
    #expect(Set(result.entries.flatMap(\.paths)).count == 4)
  }
}
