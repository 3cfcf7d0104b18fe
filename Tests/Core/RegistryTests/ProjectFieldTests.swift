import Registry
import Testing

@Suite struct ProjectFieldTests {
  @Test func everyFieldHasAColumnOfItsOwn() {
    let own = [2, 3, 7, 21]
    let columns = ProjectField.all.map(\.column) + own
    #expect(columns.sorted() == Array(columns.indices))
    #expect(ProjectField.all.map(\.rank).sorted() == Array(ProjectField.all.indices))
  }

  @Test func everyKeyHasOneRow() {
    #expect(ProjectField.all.map(\.fieldKey) == FieldKey.allCases)
    for key in FieldKey.allCases { #expect(ProjectField(key).key == key.rawValue) }
    #expect(ProjectField("tag") == nil)
  }

  @Test func onlyTheStampTellsNothingOfTheProject() {
    #expect(Project.knownKeys.filter { FieldKey.isStamp($0) } == ["updated", "updated_by"])
    #expect(!FieldKey.isStamp("newer") && !FieldKey.isStamp(""))
  }

  @Test func whatIsReadIsWhatIsPut() {
    var project = Sample.project(1)
    for field in ProjectField.all where field.isSettable && field.key != "tags" {
      let text =
        field.words?.last ?? (field.key == "homepage" ? "https://example.org/" : "text of \(field.key)")
      field.put(text, into: &project)
      #expect(field.text(of: project) == text)
      field.put(nil, into: &project)
      #expect(field.text(of: project) == (field.isRequired ? text : nil), "\(field.key)")
    }
  }

  @Test(arguments: [
    "https://example.org", "http://example.org:8080/a/b?page=1&x=%20#top", "HTTPS://Example.org/é",
    "https://[::1]/",
    "https://example.org/@user/p", "https://example.org/?q=a:b@c",
  ])
  func aPageIsAnHTTPURL(_ text: String) throws {
    var project = Sample.project(1)
    try project.set("homepage", to: text)
    #expect(try Project(json: project.json).homepage == text)
  }

  @Test(arguments: [
    "example.org", "ftp://example.org", "javascript:alert(1)", "https://", "https:///x", "https://:80/",
    "//example.org",
    "https://u@example.org/", "https://u:p@example.org/", "https://example.org/?access_token=x",
    "https://example.org/a b",
    "https://example.org/#token=x", "https://example.org/\u{1B}[31m", "https://example.org/\n",
    "https://a\"b",
    "https://example.org/ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "https://example.org/" + String(repeating: "x", count: 2000),
  ])
  func whatIsNoPageOrHoldsASecretIsRefused(_ text: String) throws {
    var project = Sample.project(1)
    #expect(throws: InvalidValue.self) { try project.set("homepage", to: text) }
    var members = project.json.object ?? [:]
    members["homepage"] = .string(text)
    #expect(throws: InvalidEntry.self) { try Project(json: .object(members)) }
  }

  @Test(arguments: [
    ("--depth=1", "--depth=1"),
    ("--recurse-submodules  --filter=blob:none", "--filter=blob:none --recurse-submodules"),
    ("--depth=2147483647 --filter=tree:0", "--filter=tree:0 --depth=2147483647"),
    ("--filter=blob:limit=10m", "--filter=blob:limit=10m"),
    ("--filter=object:type=commit", "--filter=object:type=commit"),
  ])
  func cloneOptionsHaveOneForm(_ text: String, _ form: String) throws {
    var project = Sample.project(1)
    try project.set("clone_options", to: text)
    #expect(try Project(json: project.json).cloneOptions == form)
    #expect(CloneOptions(text)?.text == form)
  }

  @Test(arguments: [
    "", " ", "--depth", "--depth=0", "--depth=-1", "--depth=+1", "--depth=2147483648", "--depth=1 --depth=2",
    "--depth=1x",
    "--filter=", "--filter=blob", "--filter=sparse:oid=HEAD:x", "--filter=blob:none;id",
    "--filter=combine:blob:none",
    "--filter=--upload-pack=x", "--upload-pack=touch pwned", "-c core.sshCommand=x", "--recurse-submodules=x",
    "--template=/x",
    "--depth=1\n--upload-pack=x", "--depth=1\u{1B}[31m",
  ])
  func whatIsNoCloneOptionIsRefused(_ text: String) {
    #expect(CloneOptions(text) == nil)
    var project = Sample.project(1)
    if !text.isEmpty { #expect(throws: InvalidValue.self) { try project.set("clone_options", to: text) } }
  }

  @Test func cloneOptionsOfANewerVersionAreKept() throws {
    var members = Sample.project(1).json.object ?? [:]
    members["clone_options"] = .string("--single-branch")
    #expect(try Project(json: .object(members)).cloneOptions == "--single-branch")
    #expect(CloneOptions("--single-branch") == nil)
  }

  @Test func anEntryWithoutAPageIsTheSameAsBefore() {
    #expect(Sample.project(1).json["homepage"] == nil)
  }
}
