import Registry
import SystemPackage
import TestSupport
import Testing

@Suite struct DuplicatesTests {
  @Test func theOlderKeepsTheId() {
    let folds = Duplicates.folds(in: [
      Sample.project(1, url: "https://github.com/o/n.git", created: "2026-05-01"),
      Sample.project(3, url: "git@GitHub.com:O/N", created: "2026-01-01"),
      Sample.project(2, url: "ssh://github.com/o/n", created: "2026-01-01"),
      Sample.project(4, url: "https://github.com/o/other"), Sample.project(5), Sample.project(6),
    ])
    #expect(folds.map(\.kept) == [Sample.id(2)])
    #expect(folds.first?.dropped == [Sample.id(1), Sample.id(3)])
  }

  @Test func subdirectoriesAreProjectsOfTheirOwn() {
    var (one, two) = (Sample.project(1, url: "https://h/x"), Sample.project(2, url: "https://h/x"))
    one.subdirectory = "a"
    #expect(Duplicates.folds(in: [one, two]).isEmpty)
    two.subdirectory = "a"
    #expect(Duplicates.folds(in: [one, two]).count == 1)
  }

  @Test func differentDeclaredIdsAreNeverOne() {
    let url = "https://h/x"
    let (a, b) = (
      Sample.project(1, url: url, identity: "id a"), Sample.project(2, url: url, identity: "id b")
    )
    let (c, d) = (Sample.project(3, url: url), Sample.project(4, url: url))
    #expect(Duplicates.folds(in: [a, b]).isEmpty)
    #expect(Duplicates.folds(in: [a, c]).first?.kept == Sample.id(1))
    #expect(Duplicates.folds(in: [a, b, c]).isEmpty)
    let folds = Duplicates.folds(in: [a, b, c, d])
    #expect(folds.count == 1 && folds.first?.kept == Sample.id(3) && folds.first?.dropped == [Sample.id(4)])
  }

  @Test func whatNobodyReadFromARepositoryIsNoSecondOfAnything() {
    let url = "https://h/x"
    let read = Sample.project(1, url: url, created: "2026-05-01", identity: "remote h/x")
    let told = Sample.project(2, url: url, created: "2026-01-01", identity: "id 0af3", root: nil)
    let alsoTold = Sample.project(3, url: url, identity: "remote h/x", root: nil)
    #expect(Duplicates.folds(in: [read, told, alsoTold]).isEmpty)
    let rooted = Sample.project(4, url: url, identity: "root 4", root: nil)
    let placed = Sample.project(5, url: url, identity: "path 00000000000000a1 /x", root: nil)
    #expect(Duplicates.folds(in: [rooted, placed, told]).first?.dropped == [Sample.id(5)])
  }

  @Test func twoSpellingsOfALetterAreTwoPlaces() {
    let folds = Duplicates.folds(in: [
      Sample.project(1, url: "https://h/caf\u{E9}"), Sample.project(2, url: "https://h/cafe\u{301}"),
    ])
    #expect(folds.isEmpty)
  }

  @Test func theOrderMakesNoDifference() {
    var generator = SeededGenerator(seed)
    for _ in 0..<300 {
      var projects = (1...8).map { number in
        Sample.project(
          number, url: generator.pick([nil, "https://h/x", "h:x", "https://h/y"]),
          created: generator.pick(["2026-01-01", "2026-01-02"]),
          identity: generator.pick([nil, nil, "id a", "id b"]))
      }
      let folds = Duplicates.folds(in: projects)
      projects.shuffle(using: &generator)
      #expect(Duplicates.folds(in: projects) == folds, "seed \(seed)")
      let dropped = folds.flatMap(\.dropped)
      #expect(
        Set(dropped).count == dropped.count && Set(dropped).isDisjoint(with: folds.map(\.kept)),
        "seed \(seed)")
      // What is left holds nothing more to fold.
      let left = projects.filter { !dropped.contains($0.id) }
      #expect(Duplicates.folds(in: left).isEmpty, "seed \(seed)")
    }
  }

  @Test func combinesFields() {
    var kept = Sample.project(1, url: "https://h/x", updated: 1)
    kept.description = "kept"
    kept.template = "t"
    kept.tags = ["a"]
    kept.unknown = ["k": .null]
    var dropped = Sample.project(2, url: "h:x", created: "2026-05-05", updated: 2)
    dropped.description = "dropped"
    dropped.organization = "o"
    dropped.tags = ["b"]
    let combined = Duplicates.combine(kept: kept, dropped: dropped, now: .latest)
    #expect(combined.id == kept.id && combined.identity == kept.identity && combined.created == kept.created)
    #expect(combined.description == "dropped" && combined.template == "t" && combined.organization == "o")
    #expect(
      combined.tags == ["a", "b"] && combined.unknown == ["k": .null] && combined.updated == dropped.updated)
    dropped.updated = kept.updated
    #expect(Duplicates.combine(kept: kept, dropped: dropped, now: .latest).description == "kept")
    // A time that cannot be must not win.
    dropped.updated = .latest
    #expect(
      Duplicates.combine(kept: kept, dropped: dropped, now: Sample.time(5)).description == "kept")
  }

  @Test func combinesCheckouts() {
    let combined = Duplicates.combine(
      kept: Checkout(paths: [CheckoutPath(path: "/b", kind: .main)], remotes: ["o": "/x"]),
      dropped: Checkout(
        paths: [CheckoutPath(path: "/a", kind: .main), CheckoutPath(path: "/b", kind: .bare)],
        remotes: ["o": "/y", "p": "/z"]))
    #expect(combined.paths == [CheckoutPath(path: "/a", kind: .main), CheckoutPath(path: "/b", kind: .main)])
    #expect(combined.remotes == ["o": "/x", "p": "/z"])
  }
}
