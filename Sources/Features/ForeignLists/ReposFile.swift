import ByteStrings
import ListFormats
import Metadata
import Registry

/// The `.repos` files of vcstool and vcs2l, and the rosinstall files that were before them.
enum ReposFile: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    guard let document = try ListTree.documents(source.bytes).first else { return }
    if let items = document.items { return try readRosinstall(items, sink) }
    for name in document["extends"]?.texts ?? [] { sink.passOver(include: name) }
    guard let repositories = document["repositories"] else {
      throw ListError.malformed(line: nil, "it has no 'repositories'")
    }
    for (index, member) in (repositories.members ?? []).enumerated() {
      let type = member.value["type"]?.text ?? "git"
      try add(member.key, type, member.value["url"]?.text, member.value["version"]?.text, index + 1, sink)
    }
  }

  private static func readRosinstall(_ items: [ListTree], _ sink: EntrySink) throws {
    for (index, item) in items.enumerated() {
      for member in item.members ?? [] {
        guard let name = member.value["local-name"]?.text else { continue }
        try add(
          name, member.key, member.value["uri"]?.text, member.value["version"]?.text, index + 1, sink)
      }
    }
  }

  private static func add(
    _ path: String, _ type: String, _ url: String?, _ version: String?, _ number: Int, _ sink: EntrySink
  ) throws {
    guard type == "git" else { return try sink.skip(path, at: number, .notGit(type)) }
    var draft = EntryDraft(number)
    draft.name = path.split(at: "/").last.map(String.init)
    draft.url = url
    draft.paths = [path]
    draft.put(.defaultBranch, Revision.branch(version))
    try sink.add(draft)
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    let kept = text.withURL(entries)
    text.line(kept.isEmpty ? "repositories: {}" : "repositories:")
    for (entry, place) in zip(kept, places.directories(of: kept)) {
      // A longer key has another form, which not every reader knows.
      guard !ByteText.holdsRawBytes(place), place.utf8.count <= 500, let url = entry.url else {
        text.omit(entry, .notText)
        continue
      }
      text.line("  \(YAMLText.scalar(place)):")
      text.line("    type: git")
      text.line("    url: \(YAMLText.scalar(url))")
      if let branch = entry.fields[.defaultBranch] { text.line("    version: \(YAMLText.scalar(branch))") }
    }
  }
}

/// What a list says is to be checked out.
enum Revision {
  /// The branch that a revision is; nil for a commit, and for what is said to be a tag.
  static func branch(_ revision: String?) -> String? {
    guard let revision, !revision.isEmpty, revision != "HEAD" else { return nil }
    let isHash =
      [40, 64].contains(revision.utf8.count)
      && revision.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
      }
    if isHash { return nil }
    for prefix in ["refs/heads/", "heads/"] where revision.begins(with: prefix) {
      return String(revision.dropFirst(prefix.count))
    }
    return revision.begins(with: "refs/") || revision.begins(with: "tags/") ? nil : revision
  }
}
