import ByteStrings
import ListFormats
import Registry

/// Manifests of Android's repo: remotes with the beginnings of URLs, and projects whose names are the rest of them.
enum ManifestFile: ForeignList {
  private struct Remote {
    let fetch: String
    let revision: String?
  }

  private struct Listed {
    let attributes: [String: String]
    let name: String
    let path: String
    let line: Int
  }

  /// By what `remove-project` names projects: by their name, their path, or both.
  private struct Removal: Hashable {
    let name: ByteString?
    let path: ByteString?
  }

  static func read(_ source: ListSource, into sink: EntrySink) throws {
    var remotes: [ByteString: Remote] = [:]
    var defaults: [String: String] = [:]
    var projects: [Listed?] = []
    var places: [Removal: [Int]] = [:]
    var around: [Listed] = []
    var isManifest = false
    try XMLElements.read(source.bytes) { name, attributes, line in
      switch name {
      case "manifest": isManifest = true
      case "remote":
        if let name = attributes["name"], let fetch = attributes["fetch"] {
          remotes[ByteString(name)] = Remote(fetch: fetch, revision: attributes["revision"])
        }
      case "default": defaults = attributes
      case "include", "submanifest": sink.passOver(include: attributes["name"] ?? "")
      case "project":
        // Both begin with those of the project around it, and a path that is not there is the whole name.
        let name = below(around.last?.name, attributes["name"] ?? "")
        let path = below(around.last?.path, attributes["path"] ?? name)
        let project = Listed(attributes: attributes, name: name, path: path, line: line)
        around.append(project)
        guard projects.count < ListLimits.entries else {
          throw ListError.tooManyEntries(limit: ListLimits.entries)
        }
        let place = ByteString(path)
        places[Removal(name: nil, path: place), default: []].append(projects.count)
        if attributes["name"] != nil {
          for path in [place, nil] {
            places[Removal(name: ByteString(name), path: path), default: []].append(projects.count)
          }
        }
        projects.append(project)
      case "remove-project":
        let key = Removal(
          name: attributes["name"].map { ByteString($0) }, path: attributes["path"].map { ByteString($0) })
        for place in places.removeValue(forKey: key) ?? [] { projects[place] = nil }
      default: break
      }
    } ended: { name in
      if name == "project" { around.removeLast() }
    }
    guard isManifest else { throw ListError.malformed(line: nil, "it has no element 'manifest'") }
    for project in projects.compactMap({ $0 }) { try add(project, remotes, defaults, sink) }
  }

  private static func below(_ parent: String?, _ own: String) -> String {
    parent.map { "\($0)/\(own)" } ?? own
  }

  private static func add(
    _ project: Listed, _ remotes: [ByteString: Remote], _ defaults: [String: String], _ sink: EntrySink
  ) throws {
    let name = project.name
    let wanted = project.attributes["remote"] ?? defaults["remote"] ?? ""
    guard let remote = remotes[ByteString(wanted)] else {
      return try sink.skip(name, at: project.line, .unknownRemote(wanted))
    }
    var fetch = remote.fetch[...]
    while fetch.ends(with: "/") { fetch = fetch.dropLast() }
    guard RemoteURL.looksLikeURL(String(fetch)) || fetch.begins(with: "/") else {
      return try sink.skip(name, at: project.line, .relativeRemote(remote.fetch))
    }
    var draft = EntryDraft(project.line)
    draft.name = ListPlaces.name(ofURL: name)
    draft.url = "\(fetch)/\(name)"
    draft.paths = [project.path]
    draft.put(
      .defaultBranch,
      Revision.branch(project.attributes["revision"] ?? remote.revision ?? defaults["revision"]))
    draft.tags = (project.attributes["groups"] ?? "").split { ", \t\n".contains($0) }.map(String.init)
    try sink.add(draft)
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    let kept = entries.filter { text.hosted($0) != nil }
    var names: [ByteString: String] = [:]
    var lines: [String] = []
    var remotes: [String] = []
    var taken: Set<String> = []
    for (entry, place) in zip(kept, places.directories(of: kept)) {
      guard let url = entry.url.flatMap(HostedURL.init) else { continue }
      let (folder, name) = url.split
      guard let path = XMLText.attribute(place), let shown = XMLText.attribute(name),
        let fetch = XMLText.attribute(folder)
      else {
        text.omit(entry, .unwritable)
        continue
      }
      var remote = names[ByteString(folder)] ?? ""
      if remote.isEmpty {
        let host = String(
          url.host.utf8.map { byte -> Character in
            let isWord = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            return isWord ? Character(Unicode.Scalar(byte)) : "-"
          })
        remote = host
        var number = 2
        while !taken.insert(remote).inserted {
          remote = "\(host)-\(number)"
          number += 1
        }
        names[ByteString(folder)] = remote
        remotes.append("  <remote name=\"\(remote)\" fetch=\"\(fetch)\"/>")
      }
      var line = "  <project name=\"\(shown)\" path=\"\(path)\" remote=\"\(remote)\""
      if let branch = entry.fields[.defaultBranch].flatMap(XMLText.attribute) {
        line += " revision=\"\(branch)\""
      }
      // Groups have commas or blanks between them.
      let groups = entry.tags.filter { !$0.holds(" ") }.compactMap(XMLText.attribute)
      if !groups.isEmpty { line += " groups=\"\(groups.joined(separator: ","))\"" }
      lines.append(line + "/>")
    }
    text.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
    text.line("<manifest>")
    for line in remotes { text.line(line) }
    // What a project does not say comes from here; repo asks for a revision.
    text.line("  <default revision=\"HEAD\"/>")
    for line in lines { text.line(line) }
    text.line("</manifest>")
  }
}
