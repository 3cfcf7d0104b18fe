import ByteStrings
import ListFormats
import Registry
import SystemSupport
import SystemPackage

/// The configuration of git-repo-manager, in TOML or in YAML: trees with a root, and below it repositories with their remotes.
enum GrmFile: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    guard let document = try tree(source.bytes) else { return }
    guard let trees = document["trees"]?.items else {
      throw ListError.malformed(line: nil, "it has no 'trees'")
    }
    var number = 0
    for tree in trees {
      let root = tree["root"]?.text ?? ""
      let words = ["~", "$HOME", "${HOME}"]
      let place =
        words.contains { root == $0 || root.begins(with: "\($0)/") }
        ? HomePath.expanded(root, words, source.home) : root
      for repository in tree["repos"]?.items ?? [] {
        number += 1
        let name = repository["name"]?.text ?? ""
        guard let place, !place.holds("$") else {
          try sink.skip(name, at: number, .needsShell(root))
          continue
        }
        var draft = EntryDraft(number)
        draft.name = name.split(at: "/").last.map(String.init)
        draft.paths = [place.isEmpty ? name : "\(place)/\(name)"]
        let remotes = repository["remotes"]?.items ?? []
        for remote in remotes {
          if let name = remote["name"]?.text, let url = remote["url"]?.text {
            draft.remotes.append((name, url))
          }
        }
        draft.url = (draft.remotes.first { $0.name == "origin" } ?? draft.remotes.first)?.url
        if draft.remotes.count == 1 { draft.remotes = [] }
        try sink.add(draft)
      }
    }
  }

  /// The format is the one that the file's first line of content is in.
  private static func tree(_ bytes: [UInt8]) throws -> ListTree? {
    var first: String?
    try TextLines.forEach(of: Array(bytes.prefix(ListLimits.entry))) { _, line in first = first ?? line }
    let isTOML = first.map { $0.begins(with: "[") || $0.holds("=") } ?? false
    return isTOML ? try ListTree.toml(bytes) : try ListTree.documents(bytes).first
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    let kept = text.withURL(entries).filter { entry in
      if entry.url.flatMap({ type(of: $0) }) != nil { return true }
      text.omit(entry, .noHost)
      return false
    }
    var trees: [ByteString: [String]] = [:]
    for (entry, place) in zip(kept, places.directories(of: kept)) {
      let elsewhere = entry.paths.first.flatMap { path in
        ListPlaces.relative(path, below: places.root) == nil ? path : nil
      }
      let root = elsewhere?.removingLastComponent() ?? places.root
      let name = elsewhere?.lastComponent.map { FilePath(root: nil, [$0]).text } ?? place
      guard !ByteText.holdsRawBytes(name), !ByteText.holdsRawBytes(root.text), !root.text.holds("$") else {
        text.omit(entry, .unwritable)
        continue
      }
      trees[ByteString(root == places.home ? "~" : places.shortened(root, "~")), default: []].append(
        repository(entry, name))
    }
    var isFirst = true
    for (root, repositories) in trees.sorted(by: { $0.key < $1.key }) {
      if !isFirst { text.line("") }
      isFirst = false
      text.line("[[trees]]")
      text.line("root = \(JSON.string(root.text).compact)")
      for repository in repositories { text.append(repository) }
    }
  }

  private static func repository(_ entry: ListEntry, _ name: String) -> String {
    var remotes = entry.remotes.sortedByKey().filter { $0.key != "origin" }
    if let url = entry.url { remotes.insert(("origin", url), at: 0) }
    var out = "\n[[trees.repos]]\nname = \(JSON.string(name).compact)\n"
    for remote in remotes {
      guard let type = type(of: remote.value) else { continue }
      out += "\n[[trees.repos.remotes]]\nname = \(JSON.string(remote.key).compact)\n"
      out += "url = \(JSON.string(remote.value).compact)\ntype = \"\(type)\"\n"
    }
    return out
  }

  /// What grm calls the kind of a URL; nil for what it does not take.
  private static func type(of url: String) -> String? {
    if url.begins(with: "/") || url.begins(with: "file://") { return "file" }
    guard let place = HostedURL(url) else { return nil }
    return place.isSSH ? "ssh" : place.scheme == "https" ? "https" : nil
  }
}
