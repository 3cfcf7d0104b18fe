import ByteStrings
import ListFormats
import Registry
import SystemPackage
import SystemSupport

/// The objects of `dev-infra list --json` and `dev-infra-ls-projects --json`, which are the neutral records as well.
enum JSONList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try JSONValues(source.bytes).forEach(into: sink) { value, number in
      guard value.object != nil else { return try sink.skip("", at: number, .unreadable("is not an object")) }
      let draft: EntryDraft
      do throws(EntryFault) {
        draft = try self.draft(value, number)
      } catch {
        return try sink.skip(value[.name]?.string ?? "", at: number, error)
      }
      try sink.add(draft)
    }
  }

  private static func draft(_ value: JSON, _ number: Int) throws(EntryFault) -> EntryDraft {
    var draft = EntryDraft(number)
    for key in ListEntry.keys { draft.put(key, value[key]?.string) }
    draft.name = value[.name]?.string
    draft.url = value[.remoteURL]?.string
    draft.tags = value[.tags]?.array?.compactMap(\.string) ?? []
    let paths = value["paths"]?.array ?? value["path"].map { [$0] } ?? []
    for path in paths {
      guard let text = path.string, let path = ListEntry.path(of: text) else {
        throw .unusablePath("is not one")
      }
      draft.paths.append(path.text)
    }
    for (name, url) in (value["remotes"]?.object ?? [:]).sortedByKey() {
      if let url = url.string { draft.remotes.append((name, url)) }
    }
    if case .number(let text)? = value["rank"] { draft.rank = Double(text) }
    draft.lastUsed = value["last_used"]?.string.flatMap { Timestamp($0) }
    return draft
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    JSON.writeCanonicalArray(of: entries.lazy.map(\.json)) { text.append($0) }
  }
}
