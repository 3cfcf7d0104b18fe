import Registry
import SystemPackage
import Testing

@Suite struct ProjectTests {
  static var full: Project {
    var project = Sample.project(7, url: "git@github.com:o/n.git", updated: 5)
    project.description = "a\n\"b\" \u{1F600}"
    project.template = "standard"
    project.version = "unknown"
    project.classification = .primary
    project.projectType = .work
    project.organization = "o"
    project.homepage = "https://example.org/o"
    project.cloneOptions = "--filter=blob:none"
    project.tags = ["b", "a", "b", "\u{E9}", "e\u{301}"]
    project.rootCommit = String(repeating: "a", count: 40)
    project.defaultBranch = "feature/x"
    project.subdirectory = "sub/dir"
    project.unknown = ["new": Sample.json("[1.0,null]")]
    return project
  }

  @Test func comesBackAsItWas() throws {
    let project = Self.full
    #expect(try Project(json: project.json) == project)
    #expect(try Project(json: JSON.parse(project.json.canonical)).json.canonical == project.json.canonical)
    #expect(project.tags == ["a", "b", "e\u{301}", "\u{E9}"])
    #expect(project.json["new"]?.compact == "[1.0,null]")
    try project.validate()
  }

  @Test func leavesOutWhatItHasNot() {
    let keys = Sample.project(1).json.object!.keys.sorted()
    #expect(keys == ["created", "id", "identity", "name", "root_commit", "status", "updated", "updated_by"])
  }

  @Test func everyKnownKeyHasItsValue() {
    for key in Project.knownKeys { #expect(Self.full.value(of: key) != nil, "\(key)") }
    #expect(Set(Project.knownKeys) == Set(Self.full.json.object!.keys).subtracting(["new"]))
    #expect(Self.full.value(of: "new") == nil)
  }

  @Test(arguments: [
    ("id", "\"x\""), ("id", "1"), ("id", "null"), ("identity", "\"\""), ("identity", "\"root\""),
    ("identity", "\"foo bar\""),
    ("identity", #""id a\nb""#), ("name", "\"\""), ("name", "[]"), ("created", "\"2026-02-30\""),
    ("created", "\"2026-01-02T00:00:00Z\""),
    ("status", "\"done\""), ("status", "null"), ("updated", "\"yesterday\""), ("updated", "5"),
    ("updated_by", "\"A1\""),
    ("description", "7"), ("classification", "\"Primary\""), ("project_type", "\"work\""), ("tags", "\"a\""),
    ("tags", "[1]"),
    ("tags", "[\"\"]"), ("tags", "[\"a,b\"]"), ("tags", #"["a\u0000"]"#),
    ("remote_url", "\"https://u:secret@h/x\""),
    ("remote_url", "\"https://token@h/x\""), ("remote_url", "\"ext::sh\""), ("remote_url", "\"../x\""),
    ("remote_url", "\"-x\""),
    ("remote_url", "\"gcrypt::https://h/x\""), ("root_commit", "\"abc\""), ("default_branch", "\"-x\""),
    ("default_branch", "\"a..b\""),
    ("default_branch", "\"a b\""), ("subdirectory", "\"/a\""), ("subdirectory", "\"../a\""),
    ("subdirectory", "\"a/../b\""),
    ("subdirectory", "\"\""), ("subdirectory", "\"a//b\""), ("subdirectory", "\"a/\""),
    ("subdirectory", #""a\u0000b""#), ("subdirectory", "\".\""),
  ])
  func refusesAWrongValue(key: String, value: String) throws {
    var members = Self.full.json.object!
    members[key] = Sample.json(value)
    let error = #expect(throws: InvalidEntry.self) { try Project(json: .object(members)) }
    #expect(error?.key == key)
    #expect(error?.sentence.contains(key) == true)
    #expect(error?.sentence.contains("secret") == false)
  }

  @Test(arguments: [
    ("id", "\"x\"", InvalidEntry.Fault.not(.projectID, "x")), ("name", "\"\"", .empty),
    ("description", "7", .notAString),
    ("created", "\"2026-02-30\"", .not(.date, "2026-02-30")), ("status", "null", .notAString),
    ("tags", "\"a\"", .tagsNotAnArray), ("tags", "[1]", .tagNotAString), ("tags", "[\"a,b\"]", .tag("a,b")),
    ("remote_url", "\"https://u:secret@h/x\"", .shortened),
    ("default_branch", "\"a..b\"", .not(.branchName, "a..b")),
    ("new", #""a\u0007""#, .keyHolding("new", "\u{7}")),
  ])
  func saysWhatIsWrong(key: String, value: String, fault: InvalidEntry.Fault) throws {
    var members = Self.full.json.object!
    members[key] = Sample.json(value)
    let error = #expect(throws: InvalidEntry.self) { try Project(json: .object(members)) }
    #expect(error?.fault == fault)
  }

  @Test(arguments: ["id", "identity", "name", "created", "status", "updated", "updated_by"])
  func refusesAnEntryWithout(key: String) {
    var members = Self.full.json.object!
    members[key] = nil
    #expect(throws: InvalidEntry.self) { try Project(json: .object(members)) }
  }

  @Test func boundsEveryLength() throws {
    let limits = [
      ("name", 200), ("description", 64 << 10), ("template", 1000), ("version", 1000), ("organization", 1000),
    ]
    for (key, limit) in limits {
      var members = Self.full.json.object!
      members[key] = .string(String(repeating: "x", count: limit))
      _ = try Project(json: .object(members))
      members[key] = .string(String(repeating: "x", count: limit + 1))
      #expect(throws: InvalidEntry.self) { try Project(json: .object(members)) }
      var project = Self.full
      #expect(throws: InvalidValue.self) {
        try project.set(key, to: String(repeating: "x", count: limit + 1))
      }
      #expect(project == Self.full)
    }
    var members = Self.full.json.object!
    members["tags"] = .array((0...100).map { .string("\($0)") })
    #expect(throws: InvalidEntry.self) { try Project(json: .object(members)) }
  }

  @Test func setsWhatAPersonMaySet() throws {
    var project = Self.full
    try project.set("status", to: "paused")
    try project.set("project_type", to: "Learning")
    try project.set("classification", to: "")
    try project.set("tags", to: "x, y,,x ")
    try project.addTag("z")
    project.removeTag("y")
    project.removeTag("nowhere")
    #expect(project.status == .paused && project.projectType == .learning && project.classification == nil)
    #expect(project.tags == ["x", "z"])
    try project.set("tags", to: nil)
    #expect(project.value(of: "tags") == nil)
  }

  @Test(arguments: [
    ("status", "done"), ("status", ""), ("name", ""), ("id", "x"), ("nonsense", "x"), ("tags", "a\u{1}"),
    ("homepage", "example.org"), ("homepage", "https://u:p@example.org/"),
  ])
  func refusesToSet(key: String, value: String) {
    var project = Self.full
    #expect(throws: InvalidValue.self) { try project.set(key, to: value) }
    #expect(project == Self.full)
  }

  @Test(arguments: [
    ("nonsense", "x", InvalidValue.Fault.notSettable), ("id", "x", .notSettable), ("name", "", .required),
    ("name", "a\u{1}", .controlCharacter("\u{1}")), ("homepage", "example.org", .notAWebPage("example.org")),
    ("description", String(repeating: "x", count: 70_000), .larger(bytes: 64 << 10)),
    ("name", String(repeating: "x", count: 201), .longer(characters: 200)),
    ("clone_options", "--upload-pack=x", .notCloneOptions("--upload-pack=x")),
    ("tags", "a\u{1}", .tag("a\u{1}")),
  ])
  func saysWhyAValueIsRefused(key: String, value: String, fault: InvalidValue.Fault) {
    var project = Self.full
    let error = #expect(throws: InvalidValue.self) { try project.set(key, to: value) }
    #expect(error?.key == key && error?.fault == fault)
  }

  @Test func saysWhichWordsAreAllowed() {
    var project = Self.full
    let error = #expect(throws: InvalidValue.self) { try project.set("status", to: "done\u{1B}") }
    #expect(error?.sentence == #"status is one of active, paused, completed, cancelled, not "done\033""#)
  }

  @Test func touchingMovesForward() {
    var project = Self.full
    project.touch(by: MachineID(9), now: Sample.time(0))
    #expect(project.updated == Sample.time(6) && project.updatedBy == MachineID(9))
  }
}

@Suite struct CheckoutTests {
  @Test func comesBackWithSortedPaths() throws {
    let raw = "/a/\u{FFFD}" as FilePath
    let checkout = Checkout(
      paths: [
        CheckoutPath(path: "/b/../c", kind: .worktree), CheckoutPath(path: "/a\nb", kind: .main),
        CheckoutPath(path: raw, kind: .bare),
        CheckoutPath(path: "/a\nb", kind: .main),
      ], remotes: ["origin": "https://h/x"], unknown: ["k": .null])
    #expect(checkout.paths.map(\.path) == ["/a\nb", raw, "/c"])
    #expect(try Checkout(json: checkout.json) == checkout)
    #expect(
      checkout.json["paths"]?.compact
        == #"[{"kind":"main","path":"/a\nb"},{"kind":"bare","path":"/a/�"},{"kind":"worktree","path":"/c"}]"#)
  }

  @Test func aPathThatIsNotUTF8IsQuoted() throws {
    let path = [0x2F, 0xFF, 0x0A, 0].map { CInterop.PlatformChar(truncatingIfNeeded: $0) }
      .withUnsafeBufferPointer {
        FilePath(platformString: $0.baseAddress!)
      }
    let checkout = Checkout(paths: [CheckoutPath(path: path, kind: .main)])
    #expect(checkout.json["paths"]?.array?.first?["path"] == .string(#""/\377\n""#))
    #expect(try Checkout(json: checkout.json).paths.first?.path == path)
  }

  @Test(arguments: [
    "[]", "{}", #"{"paths":[]}"#, #"{"paths":{}}"#, #"{"paths":["/a"]}"#, #"{"paths":[{"path":"/a"}]}"#,
    #"{"paths":[{"kind":"main","path":"a"}]}"#, #"{"paths":[{"kind":"x","path":"/a"}]}"#,
    #"{"paths":[{"kind":"main","path":"/a/../b"}]}"#,
    #"{"paths":[{"kind":"main","path":"/a/"}]}"#, #"{"paths":[{"kind":"main","path":"/a\u0000b"}]}"#,
    #"{"paths":[{"kind":"main","path":"\"/a\""}]}"#,
    #"{"paths":[{"kind":"main","path":"/a"},{"kind":"bare","path":"/a"}]}"#,
    #"{"paths":[{"kind":"main","path":"/a"}],"remotes":[]}"#,
    #"{"paths":[{"kind":"main","path":"/a"}],"remotes":{"o":"https://u:secret@h/"}}"#,
    #"{"paths":[{"kind":"main","path":"/a"}],"remotes":{"":"/x"}}"#,
    #"{"paths":[{"kind":"main","path":"/a"}],"remotes":{"a\nb":"/x"}}"#,
    #"{"paths":[{"kind":"main","path":"/a"}],"remotes":{"o":1}}"#,
  ])
  func refuses(text: String) {
    let error = #expect(throws: InvalidEntry.self) { try Checkout(json: Sample.json(text)) }
    #expect(error?.sentence.contains("secret") == false)
  }

  @Test func aMachineComesBack() throws {
    let machine = Machine(
      id: Sample.machine, name: "laptop", system: "Linux x86_64", firstSeen: Sample.time(0),
      unknown: ["x": .bool(true)])
    #expect(try Machine(json: machine.json) == machine)
    #expect(
      machine.json.compact
        == #"{"first_seen":"1970-01-01T00:00:00.000Z","id":"00000000000000a1","name":"laptop","system":"Linux x86_64","x":true}"#
    )
    for key in ["id", "name", "system", "first_seen"] {
      var members = machine.json.object!
      members[key] = .string("")
      if key != "system" { #expect(throws: InvalidEntry.self) { try Machine(json: .object(members)) } }
      members[key] = nil
      #expect(throws: InvalidEntry.self) { try Machine(json: .object(members)) }
    }
  }
}

@Suite struct IdentityTests {
  @Test func isOneLine() {
    #expect(Identity(.remote("github.com/grimm00/work-prod")).record == "remote github.com/grimm00/work-prod")
    #expect(Identity(.declared("x y"), subdirectory: "a b").record == "id x y a b")
    #expect(Identity(.root("abc"), subdirectory: "").record == "root abc")
    #expect(Identity(.path(MachineID(1), "/a b\\c")).record == "path 0000000000000001 /a b\\c")
    #expect(Identity(.path(MachineID(1), "/a\nb")).record == #"path 0000000000000001 "/a\nb""#)
    #expect(Identity(.declared("\"x\"")).record == #"id "\"x\"""#)
    #expect(Identity(.declared("a\u{9B}"), subdirectory: "\"").record == #"id "a\302\233" "\"""#)
  }
}
