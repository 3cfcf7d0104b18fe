import ByteStrings
import ListFormats
import Registry
import SystemSupport
import SystemPackage

/// `recentProjects.xml` of JetBrains' editors: the directories that were open, when, and in which groups they are.
enum JetBrainsFile: ForeignList {
  private static let components = [
    "RecentProjectsManager", "RecentDirectoryProjectsManager", "RiderRecentProjectsManager",
  ]

  private struct Reading {
    var drafts: [ByteString: EntryDraft] = [:]
    var order: [ByteString] = []
    var hidden: Set<ByteString> = []
    var groups: [ByteString: [String]] = [:]
    var isKnown = false
    var current: ByteString?
    var groupName: String?
    var members: [String] = []
    /// The elements around, with the names of options.
    var around: [(element: String, option: String)] = []

    mutating func note(_ path: String, _ line: Int) throws -> ByteString {
      let key = ByteString(path)
      if drafts[key] == nil {
        guard order.count < ListLimits.entries else {
          throw ListError.tooManyEntries(limit: ListLimits.entries)
        }
        drafts[key] = EntryDraft(line)
        order.append(key)
      }
      return key
    }

    func isInside(_ option: String) -> Bool {
      around.contains { $0.element == "option" && $0.option == option }
    }

    mutating func start(_ element: String, _ attributes: [String: String], _ line: Int) throws {
      let name = attributes["name"] ?? ""
      if element == "component", JetBrainsFile.components.contains(name) { isKnown = true }
      if element == "entry", isInside("additionalInfo"), let key = attributes["key"] {
        current = try note(key, line)
      } else if element == "RecentProjectMetaInfo", let current {
        if attributes["hidden"] == "true" { hidden.insert(current) }
        if let title = attributes["displayName"] { drafts[current]?.name = title }
      } else if element == "option", let value = attributes["value"] {
        if isInside("recentPaths") {
          _ = try note(value, line)
        } else if isInside("projects"), around.contains(where: { $0.element == "ProjectGroup" }) {
          members.append(value)
        } else if name == "name", around.last?.element == "ProjectGroup" {
          groupName = value
        } else if let current, ["activationTimestamp", "projectOpenTimestamp"].contains(name),
          let time = Int64(value), (0..<(1 << 50)).contains(time)
        {
          let moment = Timestamp(milliseconds: time)
          if drafts[current]?.lastUsed.map({ $0 < moment }) ?? true { drafts[current]?.lastUsed = moment }
        }
      }
      around.append((element, name))
    }

    mutating func end(_ element: String) {
      around.removeLast()
      if element == "entry" { current = nil }
      guard element == "ProjectGroup" else { return }
      if let groupName { for path in members { groups[ByteString(path), default: []].append(groupName) } }
      (groupName, members) = (nil, [])
    }
  }

  static func read(_ source: ListSource, into sink: EntrySink) throws {
    var reading = Reading()
    try XMLElements.read(source.bytes) {
      try reading.start($0, $1, $2)
    } ended: {
      reading.end($0)
    }
    guard reading.isKnown else {
      throw ListError.malformed(line: nil, "it has no component that lists recent projects")
    }
    for key in reading.order where !reading.hidden.contains(key) {
      guard var draft = reading.drafts[key] else { continue }
      guard let path = HomePath.expanded(key.text, ["$USER_HOME$", "~"], source.home) else {
        try sink.skip(key.text, at: draft.place, .unusablePath("is not absolute"))
        continue
      }
      // Rider lists the file of a solution, which is in the project's directory.
      draft.paths = [path.ends(with: ".sln") ? FilePath(text: path).removingLastComponent().text : path]
      draft.tags = reading.groups[key] ?? []
      try sink.add(draft)
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    var lines: [String] = []
    var groups: [ByteString: [String]] = [:]
    for entry in entries {
      if entry.paths.isEmpty { text.omit(entry, .noPath) }
      for path in entry.paths {
        guard let key = XMLText.attribute(places.shortened(path, "$USER_HOME$")) else {
          text.omit(entry, .notText)
          continue
        }
        lines.append("          <entry key=\"\(key)\">")
        lines.append("            <value>")
        if let time = entry.lastUsed?.milliseconds {
          lines.append("              <RecentProjectMetaInfo>")
          lines.append("                <option name=\"activationTimestamp\" value=\"\(time)\"/>")
          lines.append("              </RecentProjectMetaInfo>")
        } else {
          lines.append("              <RecentProjectMetaInfo/>")
        }
        lines.append("            </value>")
        lines.append("          </entry>")
        for tag in entry.tags { groups[ByteString(tag), default: []].append(key) }
      }
    }
    text.line("<application>")
    text.line("  <component name=\"RecentProjectsManager\">")
    text.line("    <option name=\"additionalInfo\">")
    text.line("      <map>")
    for line in lines { text.line(line) }
    text.line("      </map>")
    text.line("    </option>")
    if !groups.isEmpty {
      text.line("    <option name=\"groups\">")
      text.line("      <list>")
      for (tag, members) in groups.sorted(by: { $0.key < $1.key }) {
        guard let name = XMLText.attribute(tag.text) else { continue }
        text.line("        <ProjectGroup>")
        text.line("          <option name=\"name\" value=\"\(name)\"/>")
        text.line("          <option name=\"projects\">")
        text.line("            <list>")
        for member in members { text.line("              <option value=\"\(member)\"/>") }
        text.line("            </list>")
        text.line("          </option>")
        text.line("        </ProjectGroup>")
      }
      text.line("      </list>")
      text.line("    </option>")
    }
    text.line("  </component>")
    text.line("</application>")
  }
}
