import IndexReporting
import Terminal
import Registry
import RegistryIndex
import SystemPackage
import Testing

/// What a person may call a project.
@Suite struct ProjectQueryTests {
  private let view: View

  init() throws {
    let rows = try [
      ViewTests.row(ViewTests.project(1, name: "api", url: "git@github.com:acme/api.git"), ["/w/one"]),
      ViewTests.row(ViewTests.project(2, name: "api", url: "https://github.com/globex/api"), ["/w/two"]),
      ViewTests.row(ViewTests.project(3, name: "api", url: "https://gitlab.com/globex/api"), ["/w/three"]),
      ViewTests.row(
        ViewTests.project(4, name: "tool", url: "https://example.org/Team/Tool.git"), ["/w/tool"]),
      ViewTests.row(ViewTests.project(5, name: "tool", url: "https://example.org/other/tool"), []),
      ViewTests.row(ViewTests.project(6, name: "shop", url: "https://example.org/acme/backend"), []),
      ViewTests.row(ViewTests.project(7, name: "shop"), []),
      ViewTests.row(ViewTests.project(8, name: "notes"), ["/w/notes"]),
      ViewTests.row(ViewTests.project(9, name: "notes"), ["/w/other/notes"]),
    ]
    view = try #require(View(ViewTests.file(rows)))
  }

  private func find(_ text: String) throws -> String {
    String(try ProjectQuery(text, directory: FilePath("/nowhere")).find(in: view).id.suffix(1))
  }

  private func refusal(_ text: String) -> Failure? {
    do {
      _ = try find(text)
      return nil
    } catch { return Failure(error) }
  }

  @Test(arguments: [
    ("acme/api", "1"), ("github.com/acme/api", "1"), ("Acme/API", "1"), ("acme/api.git", "1"),
    ("acme/api/", "1"),
    ("git@github.com:acme/api.git", "1"), ("https://github.com/acme/api", "1"),
    ("ssh://git@github.com/ACME/api", "1"),
    ("ssh://git@ssh.github.com:443/acme/api", "1"), ("github.com:acme/api", "1"), ("work:acme/api.git", "1"),
    ("git@work:/acme/api", "1"),
    ("github.com/globex/api", "2"), ("gitlab.com/globex/api", "3"), ("Team/Tool", "4"),
    ("https://example.org/Team/Tool", "4"), ("other/tool", "5"), ("example.org/other/tool", "5"),
    // The repository's name, where no project is called so; and the project's behind the owner.
    ("backend", "6"), ("acme/backend", "6"), ("acme/shop", "6"), ("Tool", "4"),
    // What is here goes before what is elsewhere.
    ("tool", "4"),
  ])
  func finds(text: String, digit: String) throws { #expect(try find(text) == digit) }

  @Test(arguments: [
    "cme/api", "acme/ap", "api/acme", "hub.com/acme/api", "https://github.com/acme/other", "/acme/api",
    "./acme/api",
    "acme//api", "nothing", "acme/api#x", "..", "https://", ":", "a:", "acme/", "/",
  ])
  func findsNone(text: String) {
    #expect(refusal(text)?.status == ExitStatus.no)
    #expect(refusal(text)?.message.contains("ambiguous") == false)
  }

  @Test func whatIsAmbiguousIsListedAsItCanBeTyped() throws {
    let names = try #require(refusal("api"))
    #expect(names.message.contains("ambiguous"))
    let typed = names.hints.map { String($0.prefix { $0 != " " }) }
    #expect(typed == ["acme/api", "github.com/globex/api", "gitlab.com/globex/api"])
    #expect(try typed.map(find) == ["1", "2", "3"])
    let owners = try #require(refusal("globex/api"))
    #expect(try owners.hints.map { try find(String($0.prefix { $0 != " " })) } == ["2", "3"])
    // Without a URL a path tells them apart, and where there is neither the beginning of the id.
    let paths = try #require(refusal("notes"))
    #expect(paths.hints.map { String($0.prefix { $0 != " " }) } == ["/w/notes", "/w/other/notes"])
    let ids = try #require(refusal("shop"))
    #expect(ids.hints.map { String($0.prefix { $0 != " " }) } == ["acme/backend", "000000000000"])
  }

  @Test func ownersAreShownWhereNamesAreShared() {
    let owners = view.ownersOfSharedNames(in: view.rows)
    let shown = view.rows.map { owners[$0.id] ?? $0.name }
    #expect(
      shown == [
        "acme/api", "github.com/globex/api", "gitlab.com/globex/api", "Team/Tool", "other/tool",
        "acme/backend",
        "shop", "notes", "notes",
      ])
    #expect(view.ownersOfSharedNames(in: [view.rows[0]]).isEmpty)
  }

  @Test func partsOfOneRepositoryAreToldByTheirDirectory() throws {
    var web = try ViewTests.project(1, name: "web", url: "https://example.org/acme/mono")
    web.subdirectory = "apps/web"
    var admin = try ViewTests.project(2, name: "web", url: "https://example.org/acme/mono")
    admin.subdirectory = "admin/web"
    let whole = try ViewTests.project(3, name: "mono", url: "https://example.org/acme/mono")
    let view = try #require(
      View(
        ViewTests.file(
          [(web, "/m/apps/web"), (admin, "/m/admin/web"), (whole, "/m")].map { ViewTests.row($0, [$1]) })))
    func find(_ text: String) throws -> String {
      String(try ProjectQuery(text, directory: FilePath("/nowhere")).find(in: view).id.suffix(1))
    }
    #expect(try find("apps/web") == "1" && find("mono/admin/web") == "2" && find("acme/mono") == "3")
    #expect(try find("git@example.org:acme/mono.git") == "3")
  }
}
