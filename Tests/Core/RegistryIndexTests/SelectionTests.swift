import ByteStrings
import Registry
import RegistryIndex
import SystemPackage
import Testing

@Suite struct SelectionTests {
  let view: View

  init() throws {
    var one = try ViewTests.project(
      1, name: "Alpha", url: "https://github.com/me/alpha", tags: ["work", "swift"])
    one.status = .paused
    let two = try ViewTests.project(2, name: "beta", tags: ["work"])
    let three = try ViewTests.project(3, name: "gamma/ray")
    let rows = [
      ViewTests.row(one, ["/src/alpha"]), ViewTests.row(two, ["/src/beta", "/tmp/beta"]),
      ViewTests.row(three, []),
    ]
    view = try #require(View(ViewTests.file(rows)))
  }

  private func names(_ change: (inout Selection) -> Void) throws -> [String] {
    var selection = Selection()
    change(&selection)
    return try selection.rows(of: view).map(\.name)
  }

  @Test func selectsWhatIsHereUnlessAllIsAskedFor() throws {
    #expect(try names { _ in } == ["Alpha", "beta"])
    #expect(try names { $0.all = true } == ["Alpha", "beta", "gamma/ray"])
    #expect(try names { $0.machines = [ViewTests.machine.hex] } == ["Alpha", "beta"])
    #expect(try names { $0.machines = ["elsewhere"] } == [])
  }

  @Test func filtersNarrow() throws {
    #expect(try names { $0.fields["status"] = ["paused"] } == ["Alpha"])
    #expect(try names { $0.fields["status"] = ["paused", "active"] } == ["Alpha", "beta"])
    #expect(try names { $0.fields["status"] = ["completed", "cancelled"] } == [])
    #expect(try names { $0.machines = ["elsewhere", ViewTests.machine.hex] } == ["Alpha", "beta"])
    #expect(try names { $0.fields["project_type"] = ["Work"] } == [])
    #expect(try names { $0.fields["organization"] = ["", "x"] } == ["Alpha", "beta"])
    #expect(try names { $0.tags = ["work"] } == ["Alpha", "beta"])
    #expect(try names { $0.tags = ["work", "swift"] } == ["Alpha", "beta"])
    #expect(try names { $0.tags = ["swift", "x"] } == ["Alpha"])
    #expect(try names { $0.patterns = ["al*"] } == ["Alpha"])
    #expect(try names { $0.patterns = ["/tmp/*"] } == ["beta"])
    #expect(try names { $0.patterns = ["l"] } == [])
  }

  @Test func whatAnotherMachineSaysDecidesOfItsCheckouts() throws {
    let machine = try #require(MachineID("00000000000000a1"))
    var rows: [ViewRow] = []
    for number in 1...3 {
      let project = try ViewTests.project(number, name: "p\(number)", tags: number == 3 ? ["x"] : [])
      let machines = number == 2 ? [ViewTests.machine] : [machine]
      rows.append(ViewRow(project, key: "", paths: number == 2 ? ["/here"] : [], machines: machines))
    }
    let view = try #require(View(ViewTests.file(rows)))
    var state = MachineState(machine: machine, taken: Timestamp(milliseconds: 1))
    let dirty = try JSON.parse(
      Array(#"{"path":"/p","branches":[],"remotes":[],"changed":2,"branch":"main","head":"1"}"#.utf8))
    state.projects[try #require(ProjectID(rows[0].id))] = .init(places: [dirty])

    func names(_ selection: Selection, _ state: MachineState?) throws -> [String] {
      try RowsElsewhere(selection, of: view, on: [machine]).rows(on: machine, saying: state).map(\.name)
    }
    #expect(try names(Selection(), state) == ["p1", "p3"])
    var selection = Selection()
    selection.tags = ["x"]
    #expect(try names(selection, state) == ["p3"])
    selection.tags = []
    selection.condition = try Condition("dirty")
    #expect(try names(selection, state) == ["p1"])
    // What a machine has never told is not known to be so.
    #expect(try names(selection, nil) == [])
    // What the row alone decides is decided once, for all machines.
    selection.condition = try Condition("machines = \(ViewTests.machine.hex) or dirty")
    #expect(try names(selection, state) == ["p1"])
    selection.condition = try Condition("machines = \(machine.hex) and not dirty")
    #expect(try names(selection, state) == ["p3"])
    let both = try RowsElsewhere(Selection(), of: view, on: [machine, ViewTests.machine])
    #expect(both.rows(on: ViewTests.machine, saying: nil).map(\.name) == ["p2"])
    #expect(try RowsElsewhere(Selection(), of: view, on: []).rows(on: machine, saying: nil).isEmpty)
  }

  @Test func whatIsToldOfACheckoutIsReadAsFacts() throws {
    func facts(_ text: String) throws -> CheckoutFacts? { CheckoutFacts(try JSON.parse(Array(text.utf8))) }
    let text =
      #"{"branches":[{"ahead":1,"behind":4,"on_remote":false,"gone":true},{"ahead":3,"on_remote":true}],"#
      + #""remotes":[],"staged":1,"untracked":2,"stashes":3,"branch":"\"a\\tb\"","operation":"merge","#
      + #""last_commit":"2026-01-02T00:00:00.000Z"}"#
    let read = try #require(try facts(text))
    #expect(read.counts[.dirty] == 1 && read.counts[.ahead] == 3 && read.counts[.behind] == 4)
    #expect(read.counts[.unpushed] == 1 && read.counts[.gone] == 1 && read.counts[.noremote] == 1)
    #expect(read.counts[.untracked] == 2 && read.counts[.stashed] == 3 && read.counts[.busy] == 1)
    #expect(read.branch == "a\tb")
    #expect(read.times[.lastCommit] == Timestamp("2026-01-02T00:00:00Z"))
    #expect(try facts(#"{"missing":true}"#)?.counts == [.missing: 1])
    #expect(try facts(#"{"error":"it is damaged"}"#) == nil)
  }

  @Test func sortsVersionsAndNumbersByTheirSize() {
    let versions = ["1.10", "", "1.9", "none", "1.9-rc.1"].map { SortValue.version($0) }.sorted()
    #expect(versions == ["", "none", "1.9-rc.1", "1.9", "1.10"].map { SortValue.version($0) })
    #expect(SortValue.number(9) < .number(10))
    #expect(SortValue.none < .number(-1))
    #expect(SortValue.text("") == .none)
    #expect(SortValue.text("e\u{301}") != .text("\u{E9}"))
  }

  @Test func sortsNamesWithoutRegardToCase() throws {
    let row = try #require(view.rows.first)
    #expect(RowAtom.name.sortValue(of: row, in: view) == .text("alpha"))
    #expect(RowAtom.status.sortValue(of: row, in: view) == .text("paused"))
  }

  @Test func formatsAsForEachRefDoes() throws {
    let row = try #require(view.rows.first)
    let format = try RowFormat("%(name)%09%(tags)%%%x41")
    #expect(String(decoding: format.text(of: row, in: view, .lines), as: UTF8.self) == "Alpha\tswift,work%A")
    for broken in ["%(nonsense)", "%", "%z", "%(name"] {
      #expect(throws: RegistryIndexError.self) { try RowFormat(broken) }
    }
  }

  @Test func findsByIdPathNameAndBeginningOfAnId() throws {
    func find(_ text: String) throws -> String {
      try ProjectQuery(text, directory: FilePath("/src/alpha/deep")).find(in: view).name
    }
    #expect(try find(view.rows[1].id) == "beta")
    #expect(try find("/tmp/beta") == "beta")
    #expect(try find(".") == "Alpha")
    #expect(try find("gamma/ray") == "gamma/ray")
    #expect(throws: RegistryIndexError.self) { try find("0000") }
    #expect(throws: RegistryIndexError.self) { try find("/elsewhere") }
    #expect(throws: RegistryIndexError.self) { try find("") }
  }

  @Test func aRowIsJSONWithItsPlaces() throws {
    let json = view.json(of: try #require(view.row(id: view.rows[1].id)))
    #expect(json["paths"]?.array?.count == 2)
    #expect(json["name"]?.string == "beta")
    #expect(json["remote_url"] == nil)
  }
}
