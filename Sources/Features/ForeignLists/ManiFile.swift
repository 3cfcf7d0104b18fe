import ByteStrings
import ListFormats
import Metadata
import Registry
import SystemSupport

/// `mani.yaml`: projects by name, each with a path that counts from the file, a URL, tags and further remotes. Its commands, and
/// the shell's in its values, are not looked at.
enum ManiFile: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    guard let document = try ListTree.documents(source.bytes).first else { return }
    for name in document["import"]?.texts ?? [] { sink.passOver(include: name) }
    guard let projects = document["projects"] else {
      throw ListError.malformed(line: nil, "it has no 'projects'")
    }
    var named = projects.members ?? []
    for item in projects.items ?? [] { named.append((item["name"]?.text ?? "", item)) }
    for (index, member) in named.enumerated() {
      var draft = EntryDraft(index + 1)
      draft.name = member.key
      draft.url = member.value["url"]?.text
      let path = member.value["path"]?.text ?? member.key
      // mani expands variables in it before the system sees it; their values are known only to its shell.
      guard
        let place = path == "~" || path.begins(with: "~/")
          ? HomePath.expanded(path, ["~"], source.home) : path,
        !place.holds("$")
      else {
        try sink.skip(member.key, at: index + 1, .needsShell(path))
        continue
      }
      draft.paths = [place]
      draft.put(.description, member.value["desc"]?.text)
      draft.put(.defaultBranch, Revision.branch(member.value["branch"]?.text))
      draft.tags = member.value["tags"]?.texts ?? []
      for remote in member.value["remotes"]?.members ?? [] {
        if let url = remote.value.text { draft.remotes.append((remote.key, url)) }
      }
      try sink.add(draft)
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    text.line(entries.isEmpty ? "projects: {}" : "projects:")
    let names = ListPlaces.names(of: entries)
    for ((entry, name), place) in zip(zip(entries, names), places.directories(of: entries)) {
      let path = entry.paths.first.flatMap { path in
        ListPlaces.relative(path, below: places.root) == nil ? path.text : nil
      }
      let place = path ?? place
      guard !ByteText.holdsRawBytes(place), name.utf8.count <= 500 else {
        text.omit(entry, .notText)
        continue
      }
      guard !place.holds("$"), !name.holds("$") else {
        text.omit(entry, .unwritable)
        continue
      }
      text.line("  \(YAMLText.scalar(name)):")
      text.line("    path: \(YAMLText.scalar(place))")
      if let url = entry.url { text.line("    url: \(YAMLText.scalar(url))") }
      if let description = entry.fields[.description] {
        text.line("    desc: \(YAMLText.scalar(description))")
      }
      if !entry.tags.isEmpty { text.line("    tags: \(YAMLText.flowList(entry.tags))") }
      let others = entry.remotes.sortedByKey().filter { $0.key != "origin" }
      if !others.isEmpty { text.line("    remotes:") }
      for remote in others {
        text.line("      \(YAMLText.scalar(remote.key)): \(YAMLText.scalar(remote.value))")
      }
    }
  }
}
