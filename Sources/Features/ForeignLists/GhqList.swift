import ByteStrings
import ListFormats
import Registry
import SystemSupport
import SystemPackage

/// What `ghq list` prints: `host/owner/name`, or with `-p` absolute paths; and what `ghq get` reads, which may be URLs as well.
enum GhqList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try TextLines.forEach(of: source.bytes) { number, line in
      var draft = EntryDraft(number)
      if line.begins(with: "/") {
        draft.paths = [line]
      } else if RemoteURL.looksLikeURL(line) || line.begins(with: ".") {
        draft.url = line
      } else {
        let parts = line.split(at: "/")
        guard parts.count >= 2 else { return try sink.skip(line, at: number, .notAURL(line)) }
        // Without a host it is GitHub's, as with ghq.
        let isShort = parts.count == 2 && !parts[0].holds(".") && !parts[0].holds(":")
        draft.url = isShort ? "https://github.com/\(line)" : "https://\(line)"
        let place = FilePath(text: isShort ? "github.com/\(line)" : line)
        // What is here knows its remote better than its path does.
        draft.paths = source.roots.map { $0.pushing(place) }.filter { Files.kind(of: $0) == .directory }
          .map(\.text)
      }
      try sink.add(draft)
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    var written: Set<ByteString> = []
    for entry in entries {
      guard let (url, place) = text.hosted(entry) else { continue }
      // A port, and a user of another name than that of all, have no place in a path.
      let line = place.port == nil && [nil, "git"].contains(place.user) ? "\(place.host)/\(place.path)" : url
      if written.insert(ByteString(line)).inserted { text.line(line) }
    }
  }
}
