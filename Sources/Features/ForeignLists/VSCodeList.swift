import ByteStrings
import ListFormats
import Registry
import SystemPackage
import SystemSupport

/// `projects.json` of VS Code's Project Manager: an array of names and directories, which may begin with `~` or `$home`.
enum VSCodeList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try JSONValues(source.bytes).forEach(into: sink) { value, number in
      guard value.object != nil else { return try sink.skip("", at: number, .unreadable("is not an object")) }
      // Its first version called the name a label, and the directory a description.
      let name = value["name"]?.string ?? value["label"]?.string
      let root = value["rootPath"]?.string ?? value["description"]?.string ?? ""
      let label = name ?? root
      if root.split(at: ":").count > 1, root.split(at: "/")[0].ends(with: ":") {
        return try sink.skip(label, at: number, .remotePlace(root))
      }
      guard let path = HomePath.expanded(root, ["~", "$home"], source.home) else {
        return try sink.skip(label, at: number, .unusablePath("is not absolute"))
      }
      var draft = EntryDraft(number)
      draft.name = name
      draft.paths = [path]
      draft.tags = value["tags"]?.array?.compactMap(\.string) ?? []
      try sink.add(draft)
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    var items: [String] = []
    for entry in entries {
      guard let path = entry.paths.first else {
        text.omit(entry, .noPath)
        continue
      }
      guard !ByteText.holdsRawBytes(path.text) else {
        text.omit(entry, .notText)
        continue
      }
      let tags = entry.tags.map { "\n\t\t\t\(JSON.string($0).compact)" }.joined(separator: ",")
      items.append(
        """
        \t{
        \t\t"name": \(JSON.string(entry.name).compact),
        \t\t"rootPath": \(JSON.string(places.shortened(path, "$home")).compact),
        \t\t"paths": [],
        \t\t"tags": [\(tags)\(tags.isEmpty ? "" : "\n\t\t")],
        \t\t"enabled": true,
        \t\t"profile": ""
        \t}
        """)
    }
    text.line(items.isEmpty ? "[]" : "[\n\(items.joined(separator: ",\n"))\n]")
  }
}
