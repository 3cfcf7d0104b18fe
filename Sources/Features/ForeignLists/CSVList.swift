import ByteStrings
import ListFormats
import Registry
import SystemSupport

/// Comma-separated values whose first row names fields.
enum CSVList: ForeignList {
  private static let columns =
    ["name", "remote_url", "paths"] + ListEntry.keys.filter { $0 != "name" } + ["tags"]

  static func read(_ source: ListSource, into sink: EntrySink) throws {
    var rows = CSVRows(source.bytes, separator: nil)
    guard let head = try rows.next() else { return }
    let names = head.map { name in
      let key = String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
      return switch key {
      case "url": "remote_url"
      case "path": "paths"
      default: key
      }
    }
    guard names.contains("remote_url") || names.contains("paths") else {
      throw ListError.malformed(line: 1, "its first row names no column 'remote_url' or 'paths'")
    }
    while let row = try rows.next() {
      var draft = EntryDraft(rows.line)
      var isWhole = true
      for (name, value) in zip(names, row) where !value.isEmpty {
        switch name {
        case "name": draft.name = value
        case "remote_url": draft.url = value
        case "tags": draft.tags = value.split(at: ",").map(String.init)
        case "paths":
          // As git quotes them, one a line.
          let paths = value.split(at: "\n").map { ListEntry.path(of: String($0)) }
          isWhole = !paths.contains(nil)
          draft.paths = paths.compactMap { $0?.text }
        default: if ListEntry.keys.contains(name) { draft.put(name, value) }
        }
      }
      if isWhole {
        try sink.add(draft)
      } else {
        try sink.skip(draft.label, at: rows.line, .unusablePath("is not one"))
      }
    }
  }

  static func write(_ entries: [ListEntry], _ places: ListPlaces, into text: inout ListText) {
    text.line(CSVRows.row(columns))
    for entry in entries {
      let values = columns.map { column -> String in
        switch column {
        case "remote_url": entry.url ?? ""
        case "paths": entry.paths.map { Quoting.quote($0.text) }.joined(separator: "\n")
        case "tags": entry.tags.joined(separator: ",")
        default: entry.fields[column] ?? ""
        }
      }
      text.line(CSVRows.row(values))
    }
  }
}
