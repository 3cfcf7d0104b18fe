import ByteStrings
import ListFormats

/// URLs, one a line; lines that begin with `#` are comments.
enum URLList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try TextLines.forEach(of: source.bytes) { number, line in
      var draft = EntryDraft(number)
      draft.url = line
      try sink.add(draft)
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    var written: Set<ByteString> = []
    for entry in entries {
      guard let url = text.url(of: entry) else { continue }
      // Parts of one repository are cloned once.
      if written.insert(ByteString(url)).inserted { text.line(url) }
    }
  }
}
