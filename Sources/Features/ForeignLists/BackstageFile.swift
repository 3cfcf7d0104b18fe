import ByteStrings
import ListFormats
import Metadata
import Registry

/// Backstage's `catalog-info.yaml`: documents, of which those of the kind Component are projects.
enum BackstageFile: ForeignList {
  /// What is written for the owner where there is none, since Backstage asks for one.
  private static let noOwner = "unknown"

  private static let slugs = [
    ("github.com/project-slug", "github.com"), ("gitlab.com/project-slug", "gitlab.com"),
    ("bitbucket.org/project-slug", "bitbucket.org"),
  ]

  static func read(_ source: ListSource, into sink: EntrySink) throws {
    for (index, document) in try ListTree.documents(source.bytes).enumerated()
    where document["kind"]?.text == "Component" {
      let metadata = document["metadata"]
      var draft = EntryDraft(index + 1)
      draft.name = metadata?["title"]?.text ?? metadata?["name"]?.text
      draft.url = url(metadata)
      draft.put(.description, metadata?["description"]?.text)
      draft.put(.homepage, metadata?["links"]?.items?.first?["url"]?.text)
      if let owner = document["spec"]?["owner"]?.text, owner != noOwner { draft.put(.organization, owner) }
      if document["spec"]?["lifecycle"]?.text == "deprecated" { draft.put(.classification, "archive") }
      draft.tags = metadata?["tags"]?.texts ?? []
      try sink.add(draft)
    }
  }

  private static func url(_ metadata: ListTree?) -> String? {
    let annotations = metadata?["annotations"]
    if let text = annotations?["backstage.io/source-location"]?.text, text.begins(with: "url:") {
      return repository(String(text.dropFirst(4)))
    }
    for (key, host) in slugs {
      if let slug = annotations?[key]?.text { return "https://\(host)/\(slug).git" }
    }
    return nil
  }

  /// The repository of a page that shows a folder of it.
  private static func repository(_ page: String) -> String {
    let marks = ["/-/tree/", "/-/blob/", "/tree/", "/blob/", "/src/branch/", "/src/"].map { Array($0.utf8) }
    let bytes = Array(page.utf8)
    for index in bytes.indices where bytes[index] == UInt8(ascii: "/") {
      if marks.contains(where: { bytes[index...].starts(with: $0) }) {
        return String(decoding: bytes[..<index], as: UTF8.self)
      }
    }
    return page
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    let kept = text.withURL(entries)
    var taken: Set<String> = []
    for (entry, name) in zip(kept, ListPlaces.names(of: kept)) {
      guard let url = entry.url else { continue }
      var word = Self.name(name)
      var number = 2
      while !taken.insert(word.lowercased()).inserted {
        word = "\(Self.name(name).prefix(56))-\(number)"
        number += 1
      }
      text.line("---")
      text.line("apiVersion: backstage.io/v1alpha1")
      text.line("kind: Component")
      text.line("metadata:")
      text.line("  name: \(YAMLText.scalar(word))")
      if word != entry.name { text.line("  title: \(YAMLText.scalar(entry.name))") }
      if let description = entry.fields[.description] {
        text.line("  description: \(YAMLText.scalar(description))")
      }
      text.line("  annotations:")
      text.line("    backstage.io/source-location: \(YAMLText.scalar("url:\(url)"))")
      let tags = entry.tags.filter(isTag)
      if !tags.isEmpty { text.line("  tags: \(YAMLText.flowList(tags))") }
      if let homepage = entry.fields[.homepage] {
        text.line("  links:")
        text.line("    - url: \(YAMLText.scalar(homepage))")
      }
      text.line("spec:")
      text.line("  type: project")
      text.line("  lifecycle: \(entry.fields[.classification] == "archive" ? "deprecated" : "production")")
      text.line("  owner: \(YAMLText.scalar(entry.fields[.organization] ?? noOwner))")
    }
  }

  /// A name as Backstage takes one: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
  private static func name(_ text: String) -> String {
    var bytes = text.utf8.map { isWord($0) || "-_.".utf8.contains($0) ? $0 : UInt8(ascii: "-") }[...].prefix(
      63)
    while let first = bytes.first, !isWord(first) { bytes.removeFirst() }
    while let last = bytes.last, !isWord(last) { bytes.removeLast() }
    return bytes.isEmpty ? "project" : String(decoding: bytes, as: UTF8.self)
  }

  /// Whether Backstage takes a tag: lower-case words of letters, digits, `+` and `#`, with `-` or `:` between.
  private static func isTag(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count <= 63 && bytes.first.map(isWord) ?? false
      && bytes.last.map { isWord($0) || "+#".utf8.contains($0) } ?? false
      && bytes.allSatisfy { (isWord($0) && !(0x41...0x5A).contains($0)) || "-:+#".utf8.contains($0) }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }
}
