import Opening
import Registry
import RegistryIndex
import SystemPackage
import SystemSupport
import Testing

@Suite struct ProjectPageTests {
  private func row(url: String?, homepage: String? = nil, subdirectory: String? = nil) throws -> ViewRow {
    let id = String(repeating: "1", count: 40)
    var entry = Project(
      id: try #require(ProjectID(id)), identity: "id \(id)", name: "shop",
      created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: 1),
      updatedBy: try #require(MachineID("00112233aabbccdd")))
    (entry.remoteURL, entry.homepage) = (url, homepage)
    entry.subdirectory = subdirectory.map { FilePath(text: $0) }
    return ViewRow(entry, key: entry.duplicateKey?.url ?? "", paths: [], machines: [])
  }

  @Test func aProjectsPageIsThatOfItsDirectoryAtItsHost() throws {
    let url = "git@github.com:acme/shop.git"
    #expect(try ProjectPage.atHost(of: row(url: url)).url == "https://github.com/acme/shop")
    let part = try ProjectPage.atHost(of: row(url: url, subdirectory: "web")).url
    #expect(part.hasPrefix("https://github.com/acme/shop/") && part.hasSuffix("/web"))
  }

  @Test func whyThereIsNoneIsToldWithWhatThereIsInstead() throws {
    #expect(throws: PageError.noRemote(project: "shop", hasHomepage: false)) {
      try ProjectPage.atHost(of: row(url: nil))
    }
    #expect(throws: PageError.noHost(project: "shop", remote: "/srv/git/shop", hasHomepage: true)) {
      try ProjectPage.atHost(of: row(url: "/srv/git/shop", homepage: "https://shop.example"))
    }
    #expect(throws: PageError.noHomepage(project: "shop")) { try ProjectPage.home(of: row(url: nil)) }
    #expect(throws: PageError.noHomepage(project: "shop")) {
      try ProjectPage.home(of: row(url: nil, homepage: "javascript:alert(1)"))
    }
    #expect(
      try ProjectPage.home(of: row(url: nil, homepage: "https://shop.example/a")).url
        == "https://shop.example/a")
  }

  @Test func theBrowserGetsTheURLWhereItAsksForIt() {
    #expect(Browser.git.words(showing: "https://a") == ["git", "web--browse", "https://a"])
    #expect(Browser.command(["lynx"]).words(showing: "https://a") == ["lynx", "https://a"])
    #expect(
      Browser.command(["x", "--url=%s", "-n"]).words(showing: "https://a") == ["x", "--url=https://a", "-n"])
  }

  @Test func aPageThatIsNotShownIsToldAndTheNextIsTried() throws {
    var told: [PageNotShown] = []
    func failing(_ error: PageNotShown) { told.append(error) }
    let pages = [ProjectPage(url: "https://a"), ProjectPage(url: "https://b")]
    #expect(try Browser.command(["true"]).show(pages, failing: failing))
    #expect(told.isEmpty)
    #expect(try !Browser.command(["false"]).show(pages, failing: failing))
    #expect(told.map(\.url) == ["https://a", "https://b"])
    #expect(told.allSatisfy { $0.program == "false" && $0.ending == .exited(1) })
  }
}
