import Registry
import RegistryIndex
import SystemPackage
import TestSupport
import Testing

/// How parts of names are matched, and which projects parts find.
@Suite struct PartsSearchTests {
  private static func grade(_ part: String, _ text: String) -> PartGrade? {
    Array(text.utf8).withUnsafeBufferPointer { SearchPart(Array(part.utf8)).grade(in: $0) }
  }

  @Test(
    "a part fits as well as it stands there",
    arguments: [
      ("api", "api", PartGrade.whole), ("API", "API", .whole), ("api", "API", .whole),
      ("api", "Api-web", .start),
      ("api", "my-api", .wordStart), ("api", "myApi", .wordStart), ("2", "web2", .wordStart),
      ("pi", "api", .inside),
      ("di", "dev-infra", .abbreviation), ("devinf", "dev-infra", .abbreviation),
      ("dit", "devInfraTools", .abbreviation),
      ("dfra", "dev-infra", .scattered), ("wprd", "work-prod", .scattered),
      ("über", "Über-uns", .start), ("ÜBER", "ÜBER", .whole), ("日", "日本", .start), ("本", "日本", .inside),
      // The best place counts, not the first.
      ("a", "bar-a", .wordStart),
    ])
  func grades(part: String, text: String, expected: PartGrade) { #expect(Self.grade(part, text) == expected) }

  @Test(
    "what does not stand there does not fit, and a capital counts as one",
    arguments: [("API", "api"), ("Api", "api"), ("ipa", "api"), ("apis", "api"), ("x", ""), ("é", "e")])
  func fitsNot(part: String, text: String) { #expect(Self.grade(part, text) == nil) }

  @Test func noTextMakesAPartSlow() {
    let text = String(repeating: "a-", count: 2000)
    #expect(Self.grade(String(repeating: "a", count: 100) + "b", text) == nil)
    #expect(Self.grade("ab", text + text + text) == nil)
  }

  @Test func positionsAreThoseOfWhatFits() {
    #expect(SearchPart(Array("di".utf8)).positions(in: Array("dev-infra".utf8)) == [0, 4])
    #expect(SearchPart(Array("inf".utf8)).positions(in: Array("dev-infra".utf8)) == [4, 5, 6])
    #expect(SearchPart(Array("x".utf8)).positions(in: Array("dev-infra".utf8)) == [])
  }

  private static let view: View? = {
    func row(_ number: Int, _ name: String, _ url: String?, _ paths: [String]) throws -> ViewRow {
      try ViewTests.row(ViewTests.project(number, name: name, url: url), paths)
    }
    let rows = try? [
      row(1, "api", "https://github.com/globex/api", ["/home/ann/src/globex/api"]),
      row(2, "api-docs", "https://github.com/globex/api-docs", ["/home/ann/src/globex/api-docs"]),
      row(3, "api", "https://github.com/acme/api", []),
      row(4, "dev-infra", "https://example.org/tools/dev-infra", ["/home/ann/work/infra"]),
      row(5, "shop", nil, ["/home/ann/clients/initech/shop"]),
      row(6, "new\nline", nil, ["/home/ann/x/new\nline"]),
      row(7, "webshop", "https://github.com/acme/webshop", []),
    ]
    return rows.flatMap { View(ViewTests.file($0)) }
  }()

  @Test(
    "parts find projects in the best way that there is",
    arguments: [
      ("globex api", "1"), ("glo api", "12"), ("glo/api", "12"), ("GLOBEX api", ""), ("docs", "2"),
      ("globex docs", "2"),
      ("acme api", "3"), ("api globex", "12"), ("dev infra", "4"), ("di", "4"), ("tools di", "4"),
      ("infra", "4"),
      ("initech shop", "5"), ("initech", "5"), ("line", "6"), ("ann", ""), ("home", ""), ("webs", "7"),
      ("shop", "5"),
      ("nothing", ""), ("github", "12"),
    ])
  func finds(text: String, expected: String) throws {
    let view = try #require(Self.view)
    let search = try #require(PartsSearch(text, home: "/home/ann"))
    #expect(
      search.hits(in: view).map { String(view.row(at: $0.place).id.suffix(1)) }.sorted().joined() == expected)
  }

  @Test func whatIsSoughtInBytesIsWhatStandsInTheNames() throws {
    // Names with capitals, with what is quoted, and with nothing that a search begins at.
    let pieces = ["a", "B", "-", "ab", "Ab", "0", "\t", "\"", "é", "\\", "z"]
    for seed in 1...40 {
      var random = SeededGenerator(UInt64(seed))
      let names = (0..<30).map { _ in
        "n" + (0..<6).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      }
      let rows = try names.enumerated().map { index, name in
        try ViewTests.row(ViewTests.project(index + 1, name: name), [])
      }
      let view = try #require(View(ViewTests.file(rows)))
      for part in ["ab", "a", "b-", "0z", "Ab", "zz"] {
        let search = try #require(PartsSearch(part, home: nil))
        let found = search.hits(in: view).filter { $0.way >= .inOrder }.map { view.row(at: $0.place).name }
        let countsCase = part != part.lowercased()
        let expected = names.filter { (countsCase ? $0 : $0.lowercased()).contains(part) }
        #expect(Set(found) == Set(expected), "seed \(seed), \(part)")
      }
    }
  }

  @Test(arguments: ["", " ", "/", "/home/ann", "./x", "..", ".", "~/src", "https://github.com/x", "a//b"])
  func aPathIsNotTakenForParts(text: String) { #expect(PartsSearch(text, home: nil) == nil) }
}
