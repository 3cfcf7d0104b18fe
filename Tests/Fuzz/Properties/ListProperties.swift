import ByteStrings
import ForeignLists
import ListFormats
import Registry
import SystemPackage

/// Of a list nothing is taken but what may be stored, and what is taken can be written as a list and read again.
///
/// An input begins with a line that names its format. Without one it is tried in all of them.
enum ListProperties {
  static func check(_ bytes: [UInt8]) throws {
    let line = bytes.prefix { $0 != 0x0A }
    let list = Array(bytes.dropFirst(line.count + 1))
    if let format = ListFormat(rawValue: String(decoding: line, as: UTF8.self)) {
      try check(list, format)
    } else {
      for format in ListFormat.allCases { try check(bytes, format) }
    }
  }

  private static func check(_ bytes: [UInt8], _ format: ListFormat) throws {
    let what = "\(format.rawValue) \(shown(bytes))"
    guard let entries = try read(bytes, format, what) else { return }
    for entry in entries {
      try require(
        !entry.name.isEmpty && !entry.name.holdsControl, "a name is \(entry.name.debugDescription): \(what)")
      try require(!entry.paths.contains { $0.isRelative }, "a path is relative: \(what)")
      try require(!entry.tags.contains { !Project.isTag($0) }, "a tag is not one: \(what)")
      for url in [entry.url].compactMap({ $0 }) + entry.remotes.map(\.value) {
        try require((try? RemoteURL(url))?.isChanged == false, "a URL is stored otherwise again: \(what)")
      }
    }
    let again = try read(written(entries, as: .json), .json, "what was written of \(what)")
    try require(again == entries, "is another list as JSON: \(what)")
    _ = try read(written(entries, as: format), format, "what was written of \(what)")
  }

  private static func written(_ entries: [ListEntry], as format: ListFormat) -> [UInt8] {
    let list = Written()
    let places = ListPlaces(root: "/home/ann/ws", home: "/home/ann")
    _ = format.write(ListEntries(entries), places) { list.bytes += $0 }
    return list.bytes
  }

  private final class Written {
    var bytes: [UInt8] = []
  }

  /// The entries; nil for what is not a list of the format.
  private static func read(_ bytes: [UInt8], _ format: ListFormat, _ what: String) throws -> [ListEntry]? {
    let found = Found()
    do {
      try format.read(ListSource(bytes, directory: "/home/ann/ws", home: "/home/ann")) {
        found.entries.append($0)
      } tell: { _ in
      }
    } catch is ListError {
      return nil
    } catch {
      throw PropertyViolation(description: "fails with \(error): \(what)")
    }
    return found.entries
  }

  private final class Found {
    var entries: [ListEntry] = []
  }
}
