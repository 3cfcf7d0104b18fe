import ByteStrings
import ForeignLists
import ListFormats
import Registry
import SystemPackage
import SystemSupport

/// What came of reading a list.
struct ReadingResult {
  var entries: [ListEntry] = []
  var skipped: [(place: Int, fault: EntryFault)] = []
  var leftOut: [String] = []
  var secrets = 0
  var includes: [String] = []

  /// The places of entries that were passed over.
  var skippedPlaces: [Int] { skipped.map(\.place) }
}

let home = FilePath("/home/ann")
let folder = FilePath("/home/ann/ws")

/// Reads a text in a format.
func read(
  _ format: ListFormat, _ bytes: [UInt8], change: (inout ListSource) -> Void = { _ in }
) throws -> ReadingResult {
  var source = ListSource(bytes, directory: folder, home: home)
  change(&source)
  let result = Collected()
  try format.read(source) {
    result.value.entries.append($0)
  } tell: { notice in
    switch notice {
    case .skipped(_, let place, let fault): result.value.skipped.append((place, fault))
    case .leftOut(_, let key, _): result.value.leftOut.append(key)
    case .secretDropped: result.value.secrets += 1
    case .userDropped: break
    case .notFollowed(let name): result.value.includes.append(name)
    }
  }
  return result.value
}

func read(_ format: ListFormat, _ text: String) throws -> ReadingResult {
  try read(format, Array(text.utf8))
}

private final class Collected {
  var value = ReadingResult()
}

/// The bytes of a list of some entries, and what is not in it.
func written(
  _ format: ListFormat, _ entries: [ListEntry]
) -> (bytes: [UInt8], omitted: [Omission: [String]]) {
  let written = Written()
  let omitted = format.write(ListEntries(entries), ListPlaces(root: folder, home: home)) {
    written.bytes += $0
  }
  return (written.bytes, omitted)
}

private final class Written {
  var bytes: [UInt8] = []
}

extension ListEntry {
  /// An entry of a few values.
  init(
    _ name: String, _ url: String? = nil, _ paths: [String] = [], tags: [String] = [],
    _ fields: [String: String] = [:]
  ) {
    self.init()
    self.fields = ByteKeyed(fields)
    self.fields["name"] = name
    self.url = url
    self.paths = paths.map { FilePath(text: $0) }
    self.tags = tags
  }
}
