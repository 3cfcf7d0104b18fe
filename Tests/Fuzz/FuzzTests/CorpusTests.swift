import FuzzProperties
import SystemSupport
import SystemPackage
import Testing

/// Every input that was kept, in `Tests/Fuzz/corpus/PARSER`: seeds, and what once broke a parser.
@Suite struct CorpusTests {
  private static let corpus = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .appending("corpus")

  @Test(arguments: Parser.allCases) func everyKeptInputHoldsWhatMustHold(_ parser: Parser) throws {
    let folder = Self.corpus.appending(parser.rawValue)
    let names = try Files.names(in: folder).sorted { $0.lexicographicallyPrecedes($1) }
    #expect(!names.isEmpty, "there are no seeds in \(folder)")
    for name in names {
      let file = folder.pushing(FilePath(bytes: name))
      do {
        try parser.check(try Files.read(file))
      } catch {
        Issue.record("\(file): \(error)")
      }
    }
  }
}
