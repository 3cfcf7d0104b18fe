import Registry
import Testing

@Suite struct UnknownPathTests {
  private func place(_ path: String) -> EntryPath? { EntryPath.unknown(path: Array(path.utf8)) }

  @Test(arguments: [
    "README.md", "notes/2027/plan.txt", "projects/index.json", "projects/ab/later.json",
    "machines/roles.json",
    "machines/00000000000000aa/state.json", "_x", "a+b@c,d=e-f", "1/2/3/4/5/6/7/8",
  ])
  func isCarried(_ path: String) throws {
    let found = try #require(place(path))
    #expect(found.path == path)
    #expect(found.kind == .unknown)
  }

  @Test func belongsToTheMachineBelowWhoseNameItStands() throws {
    let machine = try #require(MachineID("00000000000000aa"))
    let other = try #require(MachineID("00000000000000bb"))
    #expect(place("machines/00000000000000aa/a/b")?.owner == machine)
    #expect(place("machines/roles.json")?.owner == nil)
    #expect(place("machines/00000000000000aa")?.owner == nil)
    guard case .unknown(let path)? = place("machines/00000000000000aa/a/b") else { throw UnexpectedCase() }
    #expect(path.moved(to: other)?.path == "machines/00000000000000bb/a/b")
    #expect(path.moved(to: other)?.owner == other)
  }

  @Test(arguments: [
    "", "/", "a//b", "/a", "a/", ".", "..", "a/..", ".git", ".gitattributes", "a/.git/b", "-x", "a b", "a\nb",
    "a\u{1B}b",
    "a\\b", "a:b", "git~1", "naïve", "HEAD", "a/head", "config", "Hooks", "1/2/3/4/5/6/7/8/9",
    String(repeating: "n", count: 101),
  ])
  func isNot(_ path: String) { #expect(place(path) == nil) }

  @Test func whatIsKnownIsNotUnknown() {
    #expect(place("format") == nil)
    #expect(place("machines/00000000000000aa/machine.json") == nil)
  }

  private struct UnexpectedCase: Error {}

  @Test func keysOfAPathOfACheckoutAreKept() throws {
    let text = #"{"paths":[{"kind":"main","path":"/p","seen":"2027"}],"remotes":{}}"#
    let value = try JSON.parse(Array(text.utf8))
    #expect(try Checkout(json: value).json == value)
    let bad = try JSON.parse(
      Array(#"{"paths":[{"kind":"main","path":"/p","x":"\u0007"}],"remotes":{}}"#.utf8))
    #expect(throws: InvalidEntry.self) { try Checkout(json: bad) }
  }
}
