import Registry
import RegistryIndex
import Testing

@Suite struct ViewTests {
  static let machine = MachineID("0123456789abcdef")!
  static let commit = String(repeating: "c", count: 40)

  static func project(_ digit: Int, name: String, url: String? = nil, tags: [String] = []) throws -> Project {
    let digits = String(digit)
    let hex = String(repeating: "0", count: 40 - digits.count) + digits
    var project = Project(
      id: try #require(ProjectID(hex)), identity: "id \(digit)", name: name,
      created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: 1),
      updatedBy: machine,
      tags: tags)
    project.remoteURL = url
    return project
  }

  static func row(_ project: Project, _ paths: [String]) -> ViewRow {
    ViewRow(
      project, key: project.duplicateKey?.url ?? "", paths: paths, machines: paths.isEmpty ? [] : [machine])
  }

  static func file(_ rows: [ViewRow]) -> [UInt8] {
    View.file(commit: commit, machine: machine.hex, machineNames: [machine.hex: "lap\ttop"], rows: rows)
  }

  static let hostile = [
    "plain", "a\tb\nc", "\"quoted\"", "-dash", "back\\slash", "\u{10FFE9}raw", "ünï", "@at", "",
  ]

  /// The columns of each format. Who changes them raises `View.format` and adds a line: a view that was kept would be misread.
  private static let formats = [
    "6": """
    id name paths key status project_type tags machines root_commit subdirectory remote_url updated updated_by created \
    classification organization template version default_branch identity description unknown homepage clone_options
    """
  ]

  @Test func otherColumnsAreAnotherFormat() throws {
    var names: [ViewColumn: String] = [
      .paths: "paths", .key: "key", .machines: "machines", .unknown: "unknown",
    ]
    for field in FieldKey.allCases { names[.field(field)] = field.rawValue }
    let columns = ViewColumn.allCases.map { names[$0] ?? "?" }.joined(separator: " ")
    let format = String(decoding: Self.file([]).split(separator: UInt8(ascii: " "))[1], as: UTF8.self)
    #expect(Self.formats[format] == columns)
  }

  @Test func whatIsWrittenComesBack() throws {
    let rows = try Self.hostile.enumerated().map { index, text in
      Self.row(
        try Self.project(index, name: "n\(text)", tags: text.isEmpty ? [] : ["x", text]),
        ["/p/\(text)", "/q"])
    }
    let view = try #require(View(Self.file(rows)))
    #expect(view.rows == rows)
    #expect(view.commit == Self.commit)
    #expect(view.machineNames[Self.machine.hex] == "lap\ttop")
    for row in rows {
      #expect(view.row(id: row.id) == row)
      #expect(view.rows(where: .name, is: row.name) == [row])
      for path in row.paths where path != "/q" { #expect(view.rows(where: .paths, is: path) == [row]) }
    }
    #expect(view.rows(where: .paths, is: "/q").count == rows.count)
  }

  @Test func aPartOfAValueIsNoMatch() throws {
    let rows = [
      Self.row(try Self.project(1, name: "app"), ["/src/app-two"]),
      Self.row(try Self.project(2, name: "app2"), ["/src/app"]),
    ]
    let view = try #require(View(Self.file(rows)))
    #expect(view.rows(where: .paths, is: "/src/app") == [rows[1]])
    #expect(view.rows(where: .name, is: "app") == [rows[0]])
    #expect(view.rows(where: .name, is: "") == [])
    #expect(view.rows(idPrefix: String(repeating: "0", count: 36)).count == 2)
  }

  @Test func everyDamageIsNoticed() throws {
    let file = Self.file([Self.row(try Self.project(1, name: "app", tags: ["a", "b"]), ["/src/app"])])
    #expect(View(file) != nil)
    for length in 0..<file.count { #expect(View(Array(file.prefix(length))) == nil) }
    let body = try #require(file.firstIndex(of: 0x0A)) + 1
    for index in body..<file.count {
      var damaged = file
      damaged[index] ^= 0x01
      #expect(View(damaged) == nil, "byte \(index)")
    }
  }

  @Test func rowsPutInTheirPlaceCountInsteadOfTheFiles() throws {
    let old = [
      Self.row(try Self.project(1, name: "a"), ["/a"]), Self.row(try Self.project(2, name: "b"), ["/b"]),
    ]
    let new = Self.row(try Self.project(3, name: "c"), ["/a"])
    let view = try #require(View(Self.file(old))).replacing(
      [old[0].id: nil, new.id: new], commit: String(repeating: "d", count: 40), machineNames: [:])
    #expect(view.rows == [old[1], new])
    #expect(view.rows(where: .paths, is: "/a") == [new])
    #expect(view.row(id: old[0].id) == nil)
    let again = try #require(View(view.file))
    #expect(again.rows == [old[1], new])
    #expect(again.commit == String(repeating: "d", count: 40))
    #expect(again.machineNames.isEmpty)
  }
}
