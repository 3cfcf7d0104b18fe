import Console
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
      #expect(throws: Failure.self) { try Layout.place(of: path, below: home) }
    }
  }
}
