import ByteStrings
import ListFormats
import Registry
import SystemSupport

/// gita's `repos.csv`: path, name, a type that is empty, and flags of git, without a first row of names.
///
/// The three lists of gita tell themselves apart by their rows, so each is read wherever one is expected. Groups are tags.
enum GitaList: ForeignList {
  /// The groups that repositories are in, by their names.
  private struct Groups {
    private(set) var tags: [ByteString: [String]] = [:]
    private var count = 0

    mutating func add(_ group: String, _ members: [Substring]) throws(ListError) {
      count += members.count
      guard count <= ListLimits.values else { throw .tooManyValues(limit: ListLimits.values) }
      for member in members { tags[ByteString(String(member)), default: []].append(group) }
    }
  }

  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try read(source, isFrozen: false, into: sink)
  }

  /// - Parameter isFrozen: whether each row begins with a URL, which may be a path.
  static func read(_ source: ListSource, isFrozen: Bool, into sink: EntrySink) throws {
    var drafts: [EntryDraft] = []
    var groups = Groups()
    try read(source.bytes, isFrozen, &drafts, &groups, sink)
    if let bytes = source.sibling("groups.csv") {
      try read(bytes, isFrozen, &drafts, &groups, sink)
    }
    for var draft in drafts {
      draft.tags = groups.tags[ByteString(draft.name ?? "")] ?? []
      try sink.add(draft)
    }
  }

  private static func read(
    _ bytes: [UInt8], _ isFrozen: Bool, _ drafts: inout [EntryDraft],
    _ groups: inout Groups, _ sink: EntrySink
  ) throws {
    var rows = CSVRows(bytes)
    while let row = try rows.next() {
      if row.count == 1 {
        // A row of `groups.csv`: name, repositories and the group's folder, with colons between.
        let parts = row[0].split(at: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, !parts[0].begins(with: "/") else {
          throw ListError.malformed(line: rows.line, "it is neither a repository nor a group of gita's")
        }
        try groups.add(parts[0], parts[1].split(at: " "))
        continue
      }
      if row[0].isEmpty {
        if row.count >= 4 { try groups.add(row[1], row[3].split(at: "|")) }
        continue
      }
      var draft = EntryDraft(rows.line)
      draft.name = row[1]
      // A list of paths has four values in a row, and begins with a path.
      let isFrozen =
        isFrozen || row.count >= 5 || !row[0].begins(with: "/")
        || (row.count == 3 && row[2].begins(with: "/"))
      if isFrozen {
        draft.url = row[0]
        if row.count > 2, row[2].begins(with: "/") { draft.paths = [row[2]] }
        if row.count > 5 { draft.put(.defaultBranch, row[5]) }
      } else {
        draft.paths = [row[0]]
      }
      guard drafts.count < ListLimits.entries else {
        throw ListError.tooManyEntries(limit: ListLimits.entries)
      }
      drafts.append(draft)
    }
  }

  /// gita reads its files as UTF-8, a row a line.
  static func canHold(_ text: String) -> Bool { !ByteText.holdsRawBytes(text) }

  /// The rows of a list of paths, each with a name of its own.
  static func rows(
    _ entries: ListEntries, into text: inout ListText
  ) -> some Sequence<(path: String, name: String, entry: ListEntry)> {
    var places = ListEntries()
    for entry in entries {
      if entry.paths.isEmpty { text.omit(entry, .noPath) }
      for path in entry.paths {
        guard canHold(path.text) else {
          text.omit(entry, .notText)
          continue
        }
        var place = entry
        place.paths = [path]
        places.append(place)
      }
    }
    return zip(places, ListPlaces.names(of: places)).lazy.map {
      (path: $0.paths[0].text, name: $1, entry: $0)
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    for row in rows(entries, into: &text) { text.line(CSVRows.row([row.path, row.name, "", ""])) }
  }
}

/// gita's `groups.csv`, of the same names that `repos.csv` has.
enum GitaGroups: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try GitaList.read(source, into: sink)
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    var groups: [ByteString: [String]] = [:]
    for row in GitaList.rows(entries, into: &text) where !row.entry.tags.isEmpty {
      guard !holdsMark(row.name) else {
        text.omit(row.entry, .unwritable)
        continue
      }
      for tag in row.entry.tags {
        if holdsMark(tag) {
          text.omit(row.entry, .unwritable)
        } else {
          groups[ByteString(tag), default: []].append(row.name)
        }
      }
    }
    for (tag, names) in groups.sorted(by: { $0.key < $1.key }) {
      text.line("\(tag.text):\(names.joined(separator: " ")):")
    }
  }

  private static func holdsMark(_ text: String) -> Bool { text.utf8.contains { " :,\"|".utf8.contains($0) } }
}

/// What `gita freeze` prints: URL, name, path, type, flags and branch; and groups, whose rows have no URL.
enum GitaFreeze: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try GitaList.read(source, isFrozen: true, into: sink)
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    let kept = text.withURL(entries)
    var groups: [ByteString: [String]] = [:]
    for (entry, name) in zip(kept, ListPlaces.names(of: kept)) {
      let path = entry.paths.first { GitaList.canHold($0.text) }?.text ?? ""
      text.line(CSVRows.row([entry.url ?? "", name, path, "", "", entry.fields[.defaultBranch] ?? ""]))
      for tag in entry.tags { groups[ByteString(tag), default: []].append(name) }
    }
    for (tag, names) in groups.sorted(by: { $0.key < $1.key }) {
      text.line(CSVRows.row(["", tag.text, "", names.filter { !$0.holds("|") }.joined(separator: "|")]))
    }
  }
}
