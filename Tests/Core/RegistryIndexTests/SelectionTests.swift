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
