import Registry
import SystemPackage
import Testing

import Cloning

@Suite struct LayoutTests {
  @Test(arguments: [
    ("https://github.com/Acme/Shop.git", "github.com/Acme/Shop"),
    ("git@github.com:Acme/Shop", "github.com/Acme/Shop"),
    ("ssh://git@Example.org:2222/a/b/c.git/", "example.org:2222/a/b/c"),
    ("https://example.org/it's/a%20b", "example.org/it's/a b"),
    ("/srv/git/shop.git", "localhost/srv/git/shop"),
    ("file:///srv/git/shop", "localhost/srv/git/shop"),
  ])
  func aURLHasAPlace(_ url: String, _ place: String) throws {
    #expect(try Layout.place(of: RemoteURL(url)).string == place)
  }

  @Test(arguments: [
    "https://example.org", "https://example.org/..%2f..%2fetc/x", "https://example.org/../../x",
    "https://example.org/-x/y", "https://example.org/a/-y", "https://example.org/a/%0ab",
    "https://example.org/a/.git/x", "https://example.org/a/.GIT/x",
  ])
  func aURLThatLeadsElsewhereHasNone(_ text: String) {
    guard let url = try? RemoteURL(text) else { return }
    // Whatever the rules for URLs leave of it stays below the root.
    guard let place = try? Layout.place(of: url) else { return }
    #expect(place.lexicallyNormalized() == place && place.isRelative && !place.string.hasPrefix(".."))
    #expect(!place.components.contains { $0.string.hasPrefix("-") || $0.string.lowercased() == ".git" })
  }

  @Test func theHomeLayoutIsWhatIsBelowTheOtherHome() throws {
    #expect(try Layout.place(of: "/u/ann/src/shop", below: "/u/ann").string == "src/shop")
    #expect(try Layout.place(of: "/home/ann/src/shop", below: nil).string == "src/shop")
    #expect(try Layout.place(of: "/Users/ann/shop", below: nil).string == "shop")
    #expect(try Layout.place(of: "/root/shop", below: nil).string == "shop")
    for (path, home) in [
      ("/opt/shop", "/u/ann"), ("/u/ann", "/u/ann"), ("/u/anna/x", "/u/ann"), ("/home/ann", nil),
      ("/opt/shop", nil),
      ("/u/ann/-x", "/u/ann"), ("/u/ann/a\u{1B}b", "/u/ann"), ("/u/ann/.git/x", "/u/ann"),
    ] as [(FilePath, FilePath?)] {
      #expect(throws: CloningError.self) { try Layout.place(of: path, below: home) }
    }
  }

  @Test(arguments: [
    "https://h/a/.git/x", "https://h/a/.GiT/x", "https://h/a/.git%20/x", "https://h/a/.git../x",
    "https://h/a/GIT~1/x",
    "https://h/a/.g%E2%80%8Cit/x", "https://h/a/.git::$INDEX_ALLOCATION/x", "https://h/a/.git%5Cx/y",
    "https://.ssh/x",
    "https://h/a/-y/x",
    // Characters that are an ASCII mark and an accent.
    "https://h/a/.git/\u{301}x", "https://h/a/-\u{34F}y/x", "https://h/a/../\u{301}x",
    "codecommit::r://.git/\u{301}x",
  ])
  func whatIsGitsOwnHasNoPlace(_ text: String) throws {
    guard let url = try? RemoteURL(text) else { return }
    #expect(throws: CloningError.self) { try Layout.place(of: url) }
  }

  @Test(arguments: [
    "https://github.com/acme/.github", "https://h/a/.gitignore", "https://h/a/git~2", "https://h/a/.gitx",
    "https://h/a/x.git.x",
  ])
  func whatOnlyResemblesItHasOne(_ text: String) throws {
    #expect(throws: Never.self) { try Layout.place(of: RemoteURL(text)) }
  }

  @Test func longNamesAndDeepPathsAreRefused() throws {
    let long = String(repeating: "n", count: 256)
    #expect(throws: CloningError.self) { try Layout.place(of: RemoteURL("https://h/a/\(long)")) }
    #expect(throws: CloningError.self) {
      try Layout.beside(FilePath("h/\(long.dropFirst(10))/\(long.dropFirst(10))"), outer: 2)
    }
    let deep = String(repeating: "d/", count: 31)
    #expect(throws: CloningError.self) { try Layout.place(of: RemoteURL("https://h/\(deep)x")) }
    #expect(throws: Never.self) { try Layout.place(of: RemoteURL("https://h/\(deep.dropFirst(2))x")) }
  }

  @Test func aRepositoryOfCodeCommitHasItsRegionAndProfile() throws {
    for (url, place) in [
      ("codecommit::eu-west-1://work@orders", "codecommit/eu-west-1/work/orders"),
      ("codecommit::eu-west-1://orders", "codecommit/eu-west-1/orders"),
      ("codecommit://orders", "codecommit/orders"),
    ] { #expect(try Layout.place(of: RemoteURL(url)).string == place) }
  }

  @Test func oneThatWouldBeInsideAnotherGoesBesideIt() throws {
    #expect(try Layout.beside("h/platform/build/soong", outer: 3).string == "h/platform/build+soong")
    #expect(try Layout.beside("h/a/b/c/d", outer: 2).string == "h/a+b+c+d")
    #expect(try Layout.beside("h/a", outer: 1).string == "h+a")
  }

  @Test func nothingOfTheHomeIsToBeRun() {
    for place: FilePath in [
      "/h/.ssh", "/h/.config/systemd/user", "/h/a/.b/c", "/h/bin", "/h/bin/x", "/h/go", "/h/go/bin/x", "/h",
      "/o/x",
    ] {
      #expect(throws: CloningError.self) {
        try Layout.requireNoPrograms(in: place, home: "/h", "/usr/bin:/h/go/bin::.:/h/")
      }
    }
    for place: FilePath in ["/h/src/x", "/h/binary", "/h/gopher", "/h/a.b"] {
      #expect(throws: Never.self) {
        try Layout.requireNoPrograms(in: place, home: "/h", "/usr/bin:/h/go/bin::.:/h/")
      }
    }
  }
}
