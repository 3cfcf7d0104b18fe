import ByteStrings
import Registry

/// Sorts the values of known keys into those that are used and findings about those that are not.
struct Checks {
  private(set) var texts: [KnownKey: String] = [:]
  private(set) var lists: [KnownKey: [String]] = [:]
  private(set) var usable: Set<KnownKey> = []
  private(set) var findings: [Finding] = []

  init(_ entries: [MetadataEntry]) {
    for entry in entries {
      if entry.key == "<<" { checkMerge(entry) }
      guard let key = KnownKey(rawValue: entry.key), !entry.value.isNull, entry.value.text != "" else {
        continue
      }
      check(key, entry)
    }
  }

  private mutating func check(_ key: KnownKey, _ entry: MetadataEntry) {
    if !(key.isList && entry.value.text == nil), let placeholder = Placeholder.text(in: entry.value) {
      if key == .version { use(key, "unknown") }
      let effect = key == .version ? "counts as unknown" : "is not used"
      return find(
        entry, "\(key.rawValue) is the placeholder \(placeholder) and \(effect); put the value in its place")
    }
    switch key.kind {
    case .list, .field(.tags): checkList(key, entry)
    case .lists: checkLists(key, entry)
    default:
      guard let text = entry.value.text else {
        return find(entry, "\(key.rawValue) is \(Self.kind(of: entry.value)) and is not used; make it text")
      }
      checkText(key, text, entry)
    }
  }

  /// Other tools would take the keys that `<<` brings for the file's own.
  private mutating func checkMerge(_ entry: MetadataEntry) {
    let maps: [MetadataValue] = if case .list(let items) = entry.value { items } else { [entry.value] }
    for case .map(let entries) in maps {
      guard let known = entries.first(where: { KnownKey(rawValue: $0.key) != nil }) else { continue }
      return find(entry, "<< brings \(known.key), which is not used; write it in the file itself")
    }
  }

  private mutating func checkText(_ key: KnownKey, _ text: String, _ entry: MetadataEntry) {
    let name = key.rawValue
    switch key.kind {
    case .field(.line(let limit)):
      if text.unicodeScalars.count > limit {
        return find(entry, "\(name) is longer than \(limit) characters and is not used; shorten it")
      }
      if !Self.isOneLine(text) {
        return find(entry, "\(name) has more than one line and is not used; write it on one")
      }
      // An id is quoted in its identity record, and shown nowhere else.
      if key != .id, let finding = Self.controlCharacter(in: text, .line) {
        return find(entry, "\(name) \(finding) and is not used; remove it")
      }
      use(key, text)
    case .field(.prose(let limit)):
      if text.utf8.count > limit {
        return find(entry, "\(name) is longer than \(limit >> 10) KiB and is not used; shorten it")
      }
      if let finding = Self.controlCharacter(in: text, .prose) {
        return find(entry, "\(name) \(finding) and is not used; remove it")
      }
      use(key, text)
    case .date:
      guard let date = CalendarDate(beginning: text) else {
        return find(entry, "\(name) is \(Self.shown(text)), no date, and is not used; write it as YYYY-MM-DD")
      }
      use(key, date.description)
    case .field(.words(let values)):
      guard values.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else {
        let list = values.joined(separator: ", ")
        return find(entry, "\(name) is \(Self.shown(text)) and is not used; it must be one of \(list)")
      }
      use(key, text)
    case .field(.webPage):
      guard WebPage.isValid(text) else {
        return find(entry, "\(name) is not used; it must be \(WebPage.rule)")
      }
      use(key, text)
    // Checked as lists, and forms that the file has no key for.
    case .list, .lists, .field(.tags), .field(.cloneOptions), .field(.path), .field(.own): break
    }
  }

  private mutating func checkList(_ key: KnownKey, _ entry: MetadataEntry) {
    let name = key.rawValue
    var items = entry.value.texts
    if key == .tags, let text = entry.value.text { items = CommaList.items(of: text) }
    guard let items else {
      return find(entry, "\(name) is not a list of texts and is not used; write it as [one, two]")
    }
    let limit = key == .tags ? ProjectLimits.tags : Limits.items
    guard items.count <= limit else {
      return find(entry, "\(name) has more than \(limit) items and is not used; remove some")
    }
    if key == .tags, let bad = items.first(where: { !Project.isTag(Project.trimmedTag($0)) }) {
      return find(entry, "\(name) has the item \(Self.shown(bad)) and is not used: \(Project.tagRule)")
    }
    guard items.allSatisfy({ !$0.isEmpty && $0.unicodeScalars.count <= Limits.text && Self.isOneLine($0) })
    else {
      return find(
        entry,
        "\(name) has an item that is empty, has several lines or is longer than \(Limits.text) characters, "
          + "and is not used; correct that item")
    }
    for item in items {
      guard let finding = Self.controlCharacter(in: item, .line) else { continue }
      return find(entry, "\(name) has an item that \(finding), and is not used; correct that item")
    }
    usable.insert(key)
    lists[key] = items
  }

  private mutating func checkLists(_ key: KnownKey, _ entry: MetadataEntry) {
    guard case .map(let parts) = entry.value else {
      return find(
        entry, "\(key.rawValue) is not a mapping and is not used; give it the lists always, ask and never")
    }
    guard parts.allSatisfy({ $0.value.isNull || $0.value.texts != nil }) else {
      return find(
        entry, "\(key.rawValue) holds something else than lists of texts and is not used; write [one, two]")
    }
    usable.insert(key)
  }

  private mutating func use(_ key: KnownKey, _ text: String) {
    usable.insert(key)
    texts[key] = text
  }

  private mutating func find(_ entry: MetadataEntry, _ message: String) {
    // Without its id a project would be taken for another one; all else only leaves a field as it was.
    let severity: Finding.Severity = entry.key == KnownKey.id.rawValue ? .error : .warning
    findings.append(Finding(severity: severity, key: entry.key, line: entry.line, message: message))
  }

  private static func kind(of value: MetadataValue) -> String {
    if case .list = value { return "a list" }
    return "a mapping"
  }

  private static func shown(_ text: String) -> String {
    let short = text.unicodeScalars.count > 60 ? String(String(text.unicodeScalars.prefix(60))) + "..." : text
    return "\"\(Quoting.visible(short))\""
  }

  private static func controlCharacter(in text: String, _ rule: TextRule) -> String? {
    rule.firstRefused(in: text).map { "holds the control character \(TextRule.name(of: $0))" }
  }

  private static func isOneLine(_ text: String) -> Bool {
    !text.unicodeScalars.contains { [0x0A, 0x0D, 0x85, 0x2028, 0x2029].contains($0.value) }
  }
}

/// A list of texts that is written with commas between.
enum CommaList {
  /// The items without the blanks around them; empty ones are left out.
  static func items(of text: String) -> [String] {
    text.unicodeScalars.split(separator: ",").map { scalars in
      let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
      guard let first = scalars.firstIndex(where: { !isBlank($0) }),
        let last = scalars.lastIndex(where: { !isBlank($0) })
      else { return "" }
      return String(scalars[first...last])
    }.filter { !$0.isEmpty }
  }
}
