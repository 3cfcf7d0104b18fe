import Picker
import PickerScreen
import Ranking
import Registry
import RegistryIndex
import Testing

/// Which projects a picker shows in which order, and how it looks.
@Suite struct PickListTests {
  private static let machine = MachineID("00112233aabbccdd")

  private static func view(_ projects: [(String, String?, String?)]) throws -> View {
    let machine = try #require(machine)
    let rows = try projects.enumerated().map { number, project in
      let digits = String(number + 1, radix: 16)
      let id = String(repeating: "0", count: 40 - digits.count) + digits
      var entry = Project(
        id: try #require(ProjectID(id)), identity: "id \(id)", name: project.0,
        created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: 1),
        updatedBy: machine,
        tags: number == 0 ? ["work"] : [])
      entry.remoteURL = project.1
      return ViewRow(
        entry, key: entry.duplicateKey?.url ?? "", paths: project.2.map { [$0] } ?? [],
        machines: [machine])
    }
    return try #require(
      View(
        View.file(
          commit: String(repeating: "a", count: 40), machine: machine.hex,
          machineNames: [machine.hex: "laptop"],
          rows: rows)))
  }

  private static func standard() throws -> View {
    try view([
      ("beta", "https://github.com/acme/beta", "/home/ann/src/beta"), ("Alpha", nil, "/home/ann/src/alpha"),
      ("dev-infra", "https://github.com/tools/dev-infra", "/home/ann/work/dev-infra"),
      ("elsewhere", "https://github.com/acme/elsewhere", nil), ("new\nline\u{1B}[2J", nil, "/home/ann/x\ty"),
      ("日本語プロジェクト", nil, "/home/ann/日本"),
    ])
  }

  private static func names(_ list: inout PickList) -> [String] {
    (0..<list.count).compactMap { list.place(at: $0) }.map { list.view.row(at: $0).name }
  }

  @Test func usedGoesFirstThenWhatIsHereThenNames() throws {
    let view = try Self.standard()
    var uses = Uses()
    uses.note(Array((String(repeating: "0", count: 39) + "3").utf8), at: 100)
    var list = PickList(view, uses, now: 200)
    #expect(
      Self.names(&list) == ["dev-infra", "Alpha", "beta", "new\nline\u{1B}[2J", "日本語プロジェクト", "elsewhere"])
    var here = PickList(view, uses, hereOnly: true, now: 200)
    #expect(Self.names(&here).contains("elsewhere") == false)
  }

  @Test(arguments: [
    ("al", ["Alpha"]), ("AL", []), ("di", ["dev-infra"]), ("infra tools", ["dev-infra"]),
    ("acme", ["beta", "elsewhere"]),
    ("acme else", ["elsewhere"]), ("#work", ["beta"]), ("#wor acme", ["beta"]), ("日本", ["日本語プロジェクト"]),
    ("zzz", []),
    ("bt", ["beta"]), ("src", ["Alpha", "beta"]),
    ("  ", ["Alpha", "beta", "dev-infra", "new\nline\u{1B}[2J", "日本語プロジェクト", "elsewhere"]),
  ])
  func wordsFindInAnyOrder(query: String, expected: [String]) throws {
    var list = PickList(try Self.standard(), Uses(), now: 0)
    list.search(query)
    #expect(Self.names(&list) == expected)
    #expect(list.count == expected.count)
  }

  @Test func aMatchInTheNameGoesBeforeOneElsewhereAndUseBeforeNames() throws {
    let view = try Self.view([
      ("zed", "https://example.org/api/zed", "/s/zed"), ("my-api", nil, "/s/my"), ("api-b", nil, "/s/b"),
      ("api-a", nil, "/s/a"),
      ("api", nil, "/s/api"),
    ])
    var uses = Uses()
    uses.note(Array((String(repeating: "0", count: 39) + "3").utf8), at: 0)
    var list = PickList(view, uses, now: 0)
    list.search("api")
    #expect(Self.names(&list) == ["api", "api-b", "api-a", "my-api", "zed"])
  }

  @Test func allRowsAreInOneOrderHoweverFarOneLooks() throws {
    let view = try Self.view((0..<500).map { ("p\(($0 * 7) % 500 + 1000)", nil, "/s/\($0)") })
    var list = PickList(view, Uses(), now: 0)
    let first = (0..<100).compactMap { list.place(at: $0) }
    let all = Self.names(&list)
    #expect(all == all.sorted() && all.count == 500)
    #expect(first == (0..<100).compactMap { list.place(at: $0) })
    #expect(list.place(at: 500) == nil)
  }

  @Test func theFirstScreenIsTheBeginningOfTheWholeOrderWhateverNamesUsesAndPlacesThereAre() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let projects = (0..<400).map { number in
        let letters = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
          ["a", "b", "A", "é", "-", "0", "\n"].randomElement(using: &generator) ?? "a"
        }
        let path = Bool.random(using: &generator) ? "/s/\(number)" : nil
        return (letters.joined(), String?.none, path)
      }
      let view = try Self.view(projects)
      var uses = Uses()
      for id in view.rows.map(\.id) where Int.random(in: 0..<9, using: &generator) == 0 {
        for _ in 0..<Int.random(in: 1...3, using: &generator) { uses.note(Array(id.utf8), at: 0) }
      }
      var list = PickList(view, uses, now: 0)
      let first = (0..<100).compactMap { list.place(at: $0) }
      var whole = list
      let all = (0..<400).reversed().compactMap { whole.place(at: $0) }.reversed().map { $0 }
      #expect(first == Array(all.prefix(100)) && Set(all).count == 400)
      // The same by what a person would compare.
      func key(_ place: RowPlace) -> (Int, Int, [UInt8], [UInt8]) {
        let row = view.row(at: place)
        let score = uses.entry(Array(row.id.utf8))?.score(at: 0) ?? 0
        let folded = row.name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return (-score, row.paths.isEmpty ? 1 : 0, folded, Array(row.name.utf8))
      }
      for (one, other) in zip(all, all.dropFirst()) {
        let (left, right) = (key(one), key(other))
        let isOrdered =
          (left.0, left.1) != (right.0, right.1)
          ? (left.0, left.1) < (right.0, right.1)
          : left.2 != right.2
            ? left.2.lexicographicallyPrecedes(right.2) : !right.3.lexicographicallyPrecedes(left.3)
        #expect(isOrdered, "\(view.row(at: one).name) before \(view.row(at: other).name)")
      }
    }
  }

  // MARK: The state

  private static func state(_ query: String = "", many: Bool = false, needsPath: Bool = true) throws
    -> PickerState
  {
    PickerState(PickList(try standard(), Uses(), now: 0), query: query, takesMany: many, needsPath: needsPath)
  }

  private static func picked(_ step: PickerState.Step, _ state: PickerState) -> [String]? {
    guard case .picked(let places) = step else { return nil }
    return places.map { state.list.view.row(at: $0).name }
  }

  @Test func marksAreKeptInTheirOrderAndUnmarkedAgain() throws {
    var state = try Self.state(many: true)
    state.resize(rows: 3)
    for key in [Key.mark, .mark, .up, .up, .mark] { _ = state.press(key) }
    #expect(Self.picked(state.press(.enter), state) == ["beta"])
    var one = try Self.state()
    for key in [Key.mark, .down] { _ = one.press(key) }
    #expect(Self.picked(one.press(.enter), one) == ["beta"])
  }

  @Test func thePointerStaysInTheListAndTheListInSight() throws {
    var state = try Self.state()
    state.resize(rows: 2)
    for key in [Key.up, .pageUp] { _ = state.press(key) }
    #expect(state.pointer == 0)
    for _ in 0..<20 { _ = state.press(.down) }
    #expect(state.pointer == 5 && state.top == 4)
    _ = state.press(.pageUp)
    #expect(state.pointer == 3)
    state.resize(rows: 100)
    #expect(state.top == 0)
    _ = state.press(.text("nothing at all"))
    #expect(state.pointer == 0 && state.list.count == 0)
    if case .nothing = state.press(.enter) {} else { Issue.record("something was picked") }
  }

  @Test func whatIsNotHereIsAskedAbout() throws {
    var state = try Self.state("elsewhere")
    #expect(Self.picked(state.press(.enter), state) == nil)
    #expect(state.cloning.count == 1)
    _ = state.press(.text("n"))
    #expect(state.cloning.isEmpty)
    _ = state.press(.enter)
    #expect(Self.picked(state.press(.text("y")), state) == ["elsewhere"])
    var other = try Self.state("elsewhere", needsPath: false)
    #expect(Self.picked(other.press(.enter), other) == ["elsewhere"])
  }

  @Test func controlDLeavesWhereNothingIsTyped() throws {
    var state = try Self.state("x")
    _ = state.press(.home)
    if case .left = state.press(.deleteOrLeave) { Issue.record("left with text") }
    if case .left = state.press(.deleteOrLeave) {} else { Issue.record("stayed") }
  }

  // MARK: The frame

  private static func visible(_ line: String) -> String {
    var text = ""
    var rest = Substring(line)
    while let escape = rest.firstIndex(of: "\u{1B}") {
      text += rest[..<escape]
      rest = rest[escape...].dropFirst(2).drop { !$0.isLetter }.dropFirst()
    }
    return text + rest
  }

  @Test(arguments: [1, 2, 3, 10, 40, 60, 80, 99, 100, 200, 1000], [1, 2, 3, 5, 17, 18, 24, 60])
  func noLineIsWiderOrLowerThanTheTerminalAndNothingSteersIt(columns: Int, rows: Int) throws {
    for (query, preview) in [
      ("", Key.redraw), ("elsewhere", .enter), ("日本", .preview),
      (String(repeating: "語", count: 300), .preview),
    ] {
      var state = try Self.state(query, many: true)
      _ = state.press(.mark)
      _ = state.press(preview)
      let frame = PickerFrame(&state, size: (columns, rows), home: "/home/ann", hasColours: true) { _ in
        ["\u{1B}]0;title\u{07}", String(repeating: "語", count: 500), "tab\there"]
          + Array(repeating: "more", count: 300)
      }
      #expect(frame.lines.count == max(1, rows))
      #expect(frame.cursor.column < max(1, columns) || columns < 4)
      for line in frame.lines {
        #expect(!Self.visible(line).unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
      }
    }
  }

  @Test func whatIsNotHereIsGreyAndSaysWhereItIs() throws {
    var state = try Self.state()
    let frame = PickerFrame(&state, size: (80, 12), home: "/home/ann", hasColours: false) { _ in [] }
    let line = try #require(frame.lines.first { $0.contains("elsewhere") })
    #expect(line.contains("\u{1B}[2melsewhere"))
    #expect(Self.visible(line).contains("(not here: laptop)"))
    #expect(frame.lines.contains { Self.visible($0).contains("~/src/beta") })
    // Without colours there is none.
    #expect(!frame.lines.joined().contains("\u{1B}[1;3"))
  }
}
