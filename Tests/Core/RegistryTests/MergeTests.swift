import Registry
import SystemPackage
import TestSupport
import Testing

@Suite struct MergeTests {
  static func merge(
    _ base: String?, _ ours: String?, _ theirs: String?,
    _ strategy: MergeStrategy = .lastWrite, kind: EntryPath.Kind = .project
  ) -> (value: String?, conflicts: [String], overruled: Bool) {
    let result = Merge.entry(
      kind, base: base.map(Sample.json), ours: ours.map(Sample.json), theirs: theirs.map(Sample.json),
      strategy: strategy)
    return (
      result.value?.compact, result.conflicts.map { "\($0.field) \($0.taken)" }, result.deletionOverruled
    )
  }

  @Test func takesWhatOnlyOneSideChanged() {
    let merged = Self.merge(
      #"{"a":1,"b":1,"c":1,"gone":1}"#, #"{"a":2,"b":1,"c":1,"gone":1}"#, #"{"a":1,"b":3,"c":1,"new":1}"#)
    #expect(merged.value == #"{"a":2,"b":3,"c":1,"new":1}"#)
    #expect(merged.conflicts.isEmpty)
  }

  static let early = #""updated":"2026-01-01T00:00:00.001Z","updated_by":"e""#
  static let late = #""updated":"2026-01-01T01:00:00.002+01:00","updated_by":"l""#

  @Test func theLaterSideWinsAConflict() {
    let base = #"{"n":0}"#
    let one = Self.merge(base, "{\"n\":1,\(Self.early)}", "{\"n\":2,\(Self.late)}")
    #expect(one.value == "{\"n\":2,\(Self.late)}" && one.conflicts == ["n theirs"])
    let other = Self.merge(base, "{\"n\":1,\(Self.late)}", "{\"n\":2,\(Self.early)}")
    #expect(other.value == "{\"n\":1,\(Self.late)}" && other.conflicts == ["n ours"])
  }

  @Test func bothTakeTheSameWhereOneWriteIsTheLastOfBoth() {
    let (one, other) = ("{\"n\":1,\(Self.late)}", "{\"n\":2,\(Self.late)}")
    #expect(Self.merge(#"{"n":0}"#, one, other) == (other, ["n theirs"], false))
    #expect(Self.merge(#"{"n":0}"#, other, one) == (other, ["n ours"], false))
  }

  @Test func theBaseOfTwoBasesHasNoValueWhereTheyDiffer() {
    func base(_ base: String?, _ one: String?, _ other: String?, kind: EntryPath.Kind = .project) -> String? {
      Merge.base(
        kind, base: base.map(Sample.json), one: one.map(Sample.json), other: other.map(Sample.json),
        now: Sample.time(0)
      )?.compact
    }
    #expect(
      base(#"{"a":0,"b":0,"n":0}"#, #"{"a":1,"b":0,"n":1}"#, #"{"a":0,"b":2,"n":2}"#)
        == #"{"a":1,"b":2,"n":null}"#)
    #expect(base(#"{"tags":["x"]}"#, #"{"tags":["x","y"]}"#, "{}") == #"{"tags":["y"]}"#)
    #expect(base("{}", nil, #"{"a":1}"#) == #"{"a":1}"#)
    #expect(base("{}", nil, "{}") == nil)
    // Sides that decided it differently meet as a conflict, and one that both decided alike stays.
    let undecided = #"{"n":null}"#
    #expect(
      Self.merge(undecided, "{\"n\":1,\(Self.early)}", "{\"n\":2,\(Self.late)}").conflicts == ["n theirs"])
    #expect(Self.merge(undecided, #"{"n":1}"#, #"{"n":1}"#) == (#"{"n":1}"#, [], false))
    let places = (#"{"paths":[{"path":"p","a":1}]}"#, #"{"paths":[{"path":"p","a":2}]}"#)
    #expect(base(#"{"paths":[{"path":"p"}]}"#, places.0, places.1, kind: .checkout) == nil)
  }

  @Test(arguments: ["\"updated\":1,", "\"updated\":\"2026-01-01T00:00:00Z\",", ""])
  func oursWinsOnATieAndWhereItCannotBeTold(updated: String) {
    let merged = Self.merge(#"{"n":0}"#, "{\(updated)\"n\":1}", "{\(updated)\"n\":2}")
    #expect(merged.value == Sample.json("{\(updated)\"n\":1}").compact && merged.conflicts == ["n ours"])
  }

  @Test func aStrategyDecidesConflictsAndNothingElse() {
    let base = #"{"a":0,"b":0,"n":0}"#
    for (strategy, winner, value) in [(MergeStrategy.ours, "ours", 1), (.theirs, "theirs", 2)] {
      let merged = Self.merge(
        base, "{\"a\":1,\"b\":0,\"n\":1,\(Self.late)}", "{\"a\":0,\"b\":2,\"n\":2,\(Self.early)}", strategy)
      #expect(merged.value == "{\"a\":1,\"b\":2,\"n\":\(value),\(Self.late)}")
      #expect(merged.conflicts == ["n \(winner)"])
    }
    #expect(Self.merge("{}", nil, #"{"a":1}"#, .ours).value == #"{"a":1}"#)
  }

  @Test func changedBeatsDeleted() {
    #expect(Self.merge("{}", "{}", nil) == (nil, [], false))
    #expect(Self.merge("{}", nil, "{}") == (nil, [], false))
    #expect(Self.merge("{}", nil, nil) == (nil, [], false))
    #expect(Self.merge("{}", #"{"a":1}"#, nil) == (#"{"a":1}"#, [], true))
    #expect(Self.merge("{}", nil, #"{"a":1}"#) == (#"{"a":1}"#, [], true))
    #expect(Self.merge(nil, nil, #"{"a":1}"#) == (#"{"a":1}"#, [], false))
  }

  @Test func tagsMergeAsASet() {
    #expect(
      Self.merge(#"{"tags":["a","b"]}"#, #"{"tags":["b","c"]}"#, #"{"tags":["a","b","d"]}"#).value
        == #"{"tags":["b","c","d"]}"#)
    #expect(Self.merge(#"{"tags":["a","b"]}"#, #"{"tags":["a"]}"#, #"{"tags":["b"]}"#).value == "{}")
    #expect(Self.merge(nil, #"{"tags":["b"]}"#, #"{"tags":["a"]}"#).value == #"{"tags":["a","b"]}"#)
    #expect(Self.merge(nil, #"{"tags":[1]}"#, #"{"tags":["a"]}"#) == (#"{"tags":[1]}"#, ["tags ours"], false))
  }

  @Test func tooManyTagsTogetherAreAConflict() throws {
    func entry(_ range: Range<Int>, _ updated: Int64) -> JSON {
      var project = Sample.project(1, updated: updated)
      project.tags = range.map { "t\($0)" }
      return project.json
    }
    let result = Merge.entry(
      .project, base: entry(0..<0, 1), ours: entry(0..<60, 2), theirs: entry(60..<120, 3))
    #expect(result.conflicts.map(\.field) == ["tags"])
    #expect(try Project(json: try #require(result.value)).tags.count == 60)
  }

  @Test func twoThatRegisteredOneProjectAgreeOnWhenItBegan() {
    let merged = Self.merge(
      nil, "{\"created\":\"2026-01-02\",\(Self.early)}", "{\"created\":\"2026-03-04\",\(Self.late)}")
    #expect(merged.value == "{\"created\":\"2026-01-02\",\(Self.late)}" && merged.conflicts.isEmpty)
  }

  @Test func remotesAndPathsMergeOneByOne() {
    func checkout(_ paths: String, _ remotes: String) -> String {
      "{\"paths\":[\(paths)],\"remotes\":{\(remotes)}}"
    }
    func path(_ name: String, _ kind: String = "main") -> String { #"{"kind":"\#(kind)","path":"\#(name)"}"# }
    let merged = Self.merge(
      checkout(path("/a") + "," + path("/b"), #""o":"x","p":"y""#),
      checkout(path("/a", "bare") + "," + path("/b") + "," + path("/c"), #""o":"z","p":"y""#),
      checkout(path("/a"), #""o":"w","q":"y""#), kind: .checkout)
    #expect(merged.value == checkout(path("/a", "bare") + "," + path("/c"), #""o":"z","q":"y""#))
    #expect(merged.conflicts == ["remotes.o ours"])
    let gone = Self.merge(
      checkout(path("/a") + "," + path("/b"), ""), checkout(path("/a"), ""),
      checkout(path("/b"), ""), kind: .checkout)
    #expect(gone.value == nil)
  }

  static func random(_ generator: inout SeededGenerator) -> JSON? {
    if generator.oneIn(8) { return nil }
    if generator.oneIn(20) { return .number("1") }
    var members: JSON.Members = [:]
    for key in ["name", "status", "extra", "e\u{301}", "\u{E9}"] where !generator.oneIn(3) {
      members[key] = .string(generator.pick(["x", "y", "z"]))
    }
    if !generator.oneIn(4) {
      members["updated"] = .string(Sample.time(Int64(generator.below(3))).description)
    }
    if !generator.oneIn(4) { members["updated_by"] = .string(generator.pick(["1", "2"])) }
    if !generator.oneIn(4) {
      members["tags"] = .array(["a", "b", "c"].filter { _ in generator.oneIn(2) }.map { .string($0) })
    }
    if !generator.oneIn(4) {
      members["remotes"] = .object(
        JSON.Members(["o", "p"].map { ($0, JSON.string(generator.pick(["x", "y"]))) }))
    }
    return .object(members)
  }

  @Test func aSideThatEqualsTheBaseGivesTheOther() {
    var generator = SeededGenerator(seed)
    for _ in 0..<3000 {
      let kind: EntryPath.Kind = generator.pick([.project, .checkout, .machine, .format])
      let (base, side) = (Self.random(&generator), Self.random(&generator))
      let strategy = generator.pick(MergeStrategy.allCases)
      for result in [
        Merge.entry(kind, base: base, ours: base, theirs: side, strategy: strategy),
        Merge.entry(kind, base: base, ours: side, theirs: base, strategy: strategy),
        Merge.entry(kind, base: base, ours: side, theirs: side, strategy: strategy),
      ] {
        #expect(result.value == side && result.conflicts.isEmpty && !result.deletionOverruled, "seed \(seed)")
      }
    }
  }

  /// The outcome is the same for every machine that merges: what conflicts is decided by `updated`, or by a strategy seen from both sides.
  @Test func bothSidesComeToTheSame() {
    var generator = SeededGenerator(seed)
    for _ in 0..<5000 {
      let (base, left, right) = (Self.random(&generator), Self.random(&generator), Self.random(&generator))
      let one = Merge.entry(.project, base: base, ours: left, theirs: right, strategy: .ours)
      let other = Merge.entry(.project, base: base, ours: right, theirs: left, strategy: .theirs)
      #expect(one.value == other.value, "seed \(seed)")
      #expect(one.conflicts.map(\.field) == other.conflicts.map(\.field), "seed \(seed)")
      if left?["updated"] != right?["updated"], left?["updated"] != nil, right?["updated"] != nil {
        let mine = Merge.entry(.project, base: base, ours: left, theirs: right)
        let theirs = Merge.entry(.project, base: base, ours: right, theirs: left)
        #expect(mine.value == theirs.value, "seed \(seed)")
      }
    }
  }

  @Test func updatedNeverGoesBack() {
    var generator = SeededGenerator(seed)
    func time(_ value: JSON?) -> Timestamp? { value?["updated"]?.string.flatMap { Timestamp($0) } }
    for _ in 0..<5000 {
      let (base, left, right) = (Self.random(&generator), Self.random(&generator), Self.random(&generator))
      guard let left, let right, left != base, right != base, left.object != nil, right.object != nil else {
        continue
      }
      let merged = Merge.entry(
        .project, base: base, ours: left, theirs: right, strategy: generator.pick(MergeStrategy.allCases))
      #expect(time(merged.value) == [time(left), time(right)].compactMap { $0 }.max(), "seed \(seed)")
    }
  }

  @Test func twoValidEntriesMergeToAValidOne() throws {
    var generator = SeededGenerator(seed)
    func project(_ generator: inout SeededGenerator) throws -> Project {
      var project = Sample.project(
        1, created: generator.pick(["2026-01-01", "2026-01-02"]), updated: Int64(generator.below(4)))
      for key in Project.settableKeys where generator.oneIn(2) {
        let value =
          switch key {
          case "status": generator.pick(ProjectStatus.allCases).rawValue
          case "classification": generator.pick(Classification.allCases).rawValue
          case "project_type": generator.pick(ProjectType.allCases).rawValue
          case "homepage": "https://example.org/" + generator.pick(["x", "y"])
          case "clone_options": "--depth=" + generator.pick(["1", "2"])
          case "tags": (0..<generator.below(101)).map { "\($0 * generator.below(9))" }.joined(separator: ",")
          default: generator.pick(["x", "y"])
          }
        try project.set(key, to: value)
      }
      return project
    }
    for _ in 0..<500 {
      let sides = try (0..<3).map { _ in try project(&generator) }
      let base = generator.oneIn(3) ? nil : sides[0].json
      let merged = Merge.entry(.project, base: base, ours: sides[1].json, theirs: sides[2].json)
      #expect(throws: Never.self, "seed \(seed)") { try Project(json: #require(merged.value)) }
    }
  }

  @Test func aTimeThatCannotBeGivesWayAndIsForgotten() throws {
    let now = Timestamp("2026-06-01T00:00:00Z")!
    func side(_ name: String, _ updated: String) -> JSON {
      var project = Sample.project(1)
      project.name = name
      project.updated = Timestamp(updated)!
      return project.json
    }
    let base = side("base", "2026-01-01T00:00:00Z")
    let ours = side("ours", "2026-05-31T00:00:00Z")
    for time in ["9999-12-31T23:59:59.999Z", "2026-06-02T00:00:00.001Z", "2031-01-01T00:00:00Z"] {
      let theirs = side("theirs", time)
      for (left, right) in [(ours, theirs), (theirs, ours)] {
        let merged = Merge.entry(.project, base: base, ours: left, theirs: right, now: now).value
        #expect(merged?["name"] == .string("ours"), "\(time)")
        #expect(merged?["updated"] == .string("2026-05-31T00:00:00.000Z"), "\(time)")
      }
      // Where nobody else wrote it is taken, and the next write is later than it by this machine's clock.
      let taken = Merge.entry(.project, base: base, ours: base, theirs: theirs, now: now).value
      #expect(taken == theirs)
      var project = try Project(json: theirs)
      project.name = "later"
      project.touch(by: Sample.machine, now: now)
      let later = Merge.entry(
        .project, base: taken, ours: project.json, theirs: side("again", time), now: now)
      #expect(later.value?["name"] == .string("later"))
    }
    let near = side("theirs", "2026-06-02T00:00:00Z")
    #expect(
      Merge.entry(.project, base: base, ours: ours, theirs: near, now: now).value?["name"]
        == .string("theirs"))
  }

  @Test func twoSpellingsOfANameAreTwoRemotes() throws {
    let (composed, parts) = ("caf\u{E9}", "cafe\u{301}")
    func side(_ remotes: ByteKeyed<String>) -> JSON {
      Checkout(paths: [CheckoutPath(path: "/p", kind: .main)], remotes: remotes).json
    }
    let merged = Merge.entry(
      .checkout, base: side([:]), ours: side([composed: "/a"]), theirs: side([parts: "/b"]))
    #expect(merged.conflicts.isEmpty)
    let checkout = try Checkout(json: #require(merged.value))
    #expect(
      checkout.remotes.count == 2 && checkout.remotes[composed] == "/a" && checkout.remotes[parts] == "/b")
    #expect(try JSON.parse(checkout.json.canonical) == checkout.json)
  }
}
