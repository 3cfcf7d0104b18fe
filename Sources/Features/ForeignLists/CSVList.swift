import ByteStrings
import ListFormats
import Registry
import SystemSupport

/// Comma-separated values whose first row names fields.
enum CSVList: ForeignList {
  private enum Column: Equatable {
    case field(FieldKey)
    case paths

    /// - Returns: nil for what is not a column of ours, and is passed over.
    init?(_ head: String) {
      switch String(decoding: head.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self) {
      case "url": self = .field(.remoteURL)
      case "path", "paths": self = .paths
      case let name:
        guard let key = FieldKey(rawValue: name) else { return nil }
        self = .field(key)
      }
    }

    var head: String {
      switch self {
      case .field(let key): key.rawValue
      case .paths: "paths"
      }
    }
  }

  private static let columns: [Column] =
    [.field(.name), .field(.remoteURL), .paths] + ListEntry.keys.filter { $0 != .name }.map { .field($0) }
    + [.field(.tags)]

  static func read(_ source: ListSource, into sink: EntrySink) throws {
    var rows = CSVRows(source.bytes, separator: nil)
    guard let head = try rows.next() else { return }
    let columns = head.map { Column(String($0)) }
    guard columns.contains(.field(.remoteURL)) || columns.contains(.paths) else {
      throw ListError.malformed(line: 1, "its first row names no column 'remote_url' or 'paths'")
    }
    while let row = try rows.next() {
      var draft = EntryDraft(rows.line)
      var isWhole = true
      for (column, value) in zip(columns, row) where !value.isEmpty {
        switch column {
        case .field(.name): draft.name = value
        case .field(.remoteURL): draft.url = value
        case .field(.tags): draft.tags = value.split(at: ",").map(String.init)
        case .paths:
          // As git quotes them, one a line.
          let paths = value.split(at: "\n").map { ListEntry.path(of: String($0)) }
          isWhole = !paths.contains(nil)
          draft.paths = paths.compactMap { $0?.text }
        case .field(let key): if ListEntry.keys.contains(key) { draft.put(key, value) }
        case nil: break
        }
      }
      if isWhole {
        try sink.add(draft)
      } else {
        try sink.skip(draft.label, at: rows.line, .unusablePath("is not one"))
      }
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    text.line(CSVRows.row(columns.map(\.head)))
    for entry in entries {
      let values = columns.map { column -> String in
        switch column {
        case .field(.remoteURL): entry.url ?? ""
        case .paths: entry.paths.map { Quoting.quote($0.text) }.joined(separator: "\n")
        case .field(.tags): entry.tags.joined(separator: ",")
        case .field(let key): entry.fields[key] ?? ""
        }
      }
      text.line(CSVRows.row(values))
    }
  }
}
