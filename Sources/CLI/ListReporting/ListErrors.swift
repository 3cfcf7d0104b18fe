import ByteStrings
public import ForeignLists
import Ranking
public import Terminal

extension ListError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .malformed(let line?, let reason): .fatal("line \(line): \(Quoting.visible(reason))")
    case .malformed(nil, let reason): .fatal(Quoting.visible(reason))
    case .isUTF16: .fatal("it is in UTF-16", hints: "'iconv -f UTF-16 -t UTF-8' makes UTF-8 of it")
    case .tooLarge(let limit):
      .fatal("it is larger than \(limit >> 20) MiB", hints: "parts of it can be read one after the other")
    case .tooManyValues(let limit): .fatal("it has more than \(limit) values")
    case .tooManyEntries(let limit):
      .fatal("it has more than \(limit) projects", hints: "parts of it can be read one after the other")
    case .hasDocumentType(let line):
      .fatal("line \(line): it declares a document type, and lists with one are not read")
    case .zoxide(let fault): .fatal(fault.sentence)
    }
  }
}
