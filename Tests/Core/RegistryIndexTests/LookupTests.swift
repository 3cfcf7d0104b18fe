import Terminal
import Registry
import RegistryIndex
import SystemPackage
import TestSupport
import Testing

/// Look-ups in views of random rows: names that are hostile, the same, or the beginnings of others.
@Suite struct LookupTests {
  private static let pieces =
    ["a", "b", "ab", " ", "\t", "\n", "\"", "\\", "000", "\\000", "e\u{301}", "é", "@", "-", "/", "."]
    + ["\u{10FF80}", "\u{10FFC3}", "\u{10FFA9}", "\u{85}", "\u{202E}", "\u{7F}", ","]
  private static let columns: [ViewColumn] = [.name, .paths, .tags, .key, .rootCommit, .machines, .id]

  private static func text(_ random: inout SeededGenerator) -> String {
    (0..<random.below(4)).map { _ in random.pick(pieces) }.joined()
  }

  /// An id; few digits differ, so that many begin alike.
  private static func id(_ random: inout SeededGenerator) throws -> ProjectID {
    let digits = (0..<40).map { $0 < 5 || $0 > 36 ? random.pick(["0", "1", "a", "f"]) : "7" }.joined()
    return try #require(ProjectID(digits))
  }

  private static func row(_ id: ProjectID, _ random: inout SeededGenerator) throws -> ViewRow {
    var project = try ViewTests.project(1, name: "n" + text(&random))
    project = Project(
      id: id, identity: project.identity, name: random.oneIn(4) ? "same" : text(&random),
      created: project.created,
      updated: project.updated, updatedBy: project.updatedBy,
      tags: (0..<random.below(3)).map { _ in text(&random) })
    if random.oneIn(2) { project.rootCommit = String(repeating: random.pick(["a", "b"]), count: 40) }
    let paths = (0..<random.below(3)).map { _ in random.oneIn(4) ? "/same" : "/p" + text(&random) }
    return ViewRow(
      project, key: random.oneIn(3) ? "example.org/same" : text(&random), paths: paths,
      machines: paths.isEmpty ? [] : [ViewTests.machine])
  }

  private static func rows(_ random: inout SeededGenerator) throws -> [ViewRow] {
    var ids: Set<ProjectID> = []
    for _ in 0..<random.below(50) { ids.insert(try id(&random)) }
    return try ids.sorted { $0.hex < $1.hex }.map { try row($0, &random) }
  }

  private static func view(_ rows: [ViewRow]) throws -> View { try #require(View(ViewTests.file(rows))) }

  /// As bytes, for Swift takes two forms of one letter for equal.
  private static func holds(_ row: ViewRow, _ column: ViewColumn, _ text: String) -> Bool {
    row.list(column).contains { Array($0.utf8) == Array(text.utf8) }
  }

  @Test func manyLookUpsInOneViewAreAsOneInEach() throws {
    for round in 0..<60 {
      let seed = seed &+ UInt64(round)
      var random = SeededGenerator(seed)
      let rows = try Self.rows(&random)
      let view = try Self.view(rows)
      for column in Self.columns {
        let known = Set(rows.flatMap { $0.list(column) } + (0..<10).map { _ in Self.text(&random) })
        for text in known.sorted() {
          let expected = rows.filter { Self.holds($0, column, text) }
          #expect(view.rows(where: column, is: text) == expected, "\(column) '\(text)', seed \(seed)")
          #expect(
            try Self.view(rows).rows(where: column, is: text) == expected, "\(column) '\(text)', seed \(seed)"
          )
        }
      }
    }
  }

  @Test func idsAndTheirBeginningsAreFound() throws {
    for round in 0..<60 {
      let seed = seed &+ UInt64(round)
      var random = SeededGenerator(seed)
      let rows = try Self.rows(&random)
      let view = try Self.view(rows)
      var ids = rows.map(\.id)
      for _ in 0..<10 { ids.append(try Self.id(&random).hex) }
      for id in ids {
        #expect(view.row(id: id) == rows.first { $0.id == id }, "\(id), seed \(seed)")
        for length in [1, 2, 4, 39, 40] {
          let prefix = String(id.prefix(length))
          #expect(
            view.rows(idPrefix: prefix) == rows.filter { $0.id.hasPrefix(prefix) }, "\(prefix), seed \(seed)")
          if length < 40 { #expect(view.row(id: prefix) == nil) }
        }
      }
      for text in ["", "\n", "\t", "zz", "~", "0\t", String(repeating: "f", count: 41)] {
        #expect(view.row(id: text) == nil)
        #expect(view.rows(idPrefix: text).isEmpty)
      }
    }
  }

  @Test func whatPeopleNameIsTheSameAmongManyAsAlone() throws {
    func answer(_ query: ProjectQuery, in view: View) -> [String] {
      do {
        return [try query.find(in: view).id]
      } catch {
        let failure = Failure(error)
        return [failure.message] + failure.hints
      }
    }
    for round in 0..<20 {
      let seed = seed &+ UInt64(round)
      var random = SeededGenerator(seed)
      let rows = try Self.rows(&random)
      let view = try Self.view(rows)
      var texts = rows.flatMap { [$0.id, $0.name, String($0.id.prefix(4)), $0.id.uppercased()] + $0.paths }
      texts += ["same", "/same", "/same/below", ".", "", "none", "0000", "777"] + Self.pieces
      for text in texts {
        let query = ProjectQuery(text, directory: FilePath("/same"))
        #expect(answer(query, in: view) == answer(query, in: try Self.view(rows)), "'\(text)', seed \(seed)")
      }
    }
  }

  @Test func rowsThatArePutInStandWhereTheyBelong() throws {
    for round in 0..<60 {
      let seed = seed &+ UInt64(round)
      var random = SeededGenerator(seed)
      let rows = try Self.rows(&random)
      var expected = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
      var changes: [String: ViewRow?] = [:]
      for _ in 0..<random.below(20) {
        let id =
          try random.oneIn(2)
          ? random.pick(rows + [Self.row(Self.id(&random), &random)]).id : Self.id(&random).hex
        let row = random.oneIn(3) ? nil : try Self.row(#require(ProjectID(id)), &random)
        changes[id] = .some(row)
        expected[id] = row
      }
      let view = try Self.view(rows).replacing(changes, commit: ViewTests.commit, machineNames: [:])
      let whole = View.file(
        commit: ViewTests.commit, machine: ViewTests.machine.hex, machineNames: [:],
        rows: expected.values.sorted { $0.id < $1.id })
      #expect(view.file == whole, "seed \(seed)")
      #expect(View(view.file)?.rows == view.rows, "seed \(seed)")
      for id in changes.keys { #expect(view.row(id: id) == expected[id], "seed \(seed)") }
    }
  }
}
