import ByteStrings
public import ListFormats
import Registry
import SystemSupport
import SystemPackage

/// How the lists of one format are read and written.
protocol ForeignList {
  /// Hands the entries of a list to the sink, which checks them.
  static func read(_ source: ListSource, into sink: EntrySink) throws

  /// Writes the entries, and notes those that the format cannot hold.
  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText)
}

extension ListFormat {
  /// What reads and writes it.
  var list: any ForeignList.Type {
    switch self {
    case .urls: URLList.self
    case .ghq: GhqList.self
    case .github: GitHubList.self
    case .gitlab: GitLabList.self
    case .gitea: GiteaList.self
    case .repos: ReposFile.self
    case .mani: ManiFile.self
    case .vscode: VSCodeList.self
    case .gita: GitaList.self
    case .gitaFreeze: GitaFreeze.self
    case .gitaGroups: GitaGroups.self
    case .grm: GrmFile.self
    case .mr: MrConfig.self
    case .manifest: ManifestFile.self
    case .jetbrains: JetBrainsFile.self
    case .zoxide: ZoxideList.self
    case .backstage: BackstageFile.self
    case .csv: CSVList.self
    case .json: JSONList.self
    }
  }

  /// Reads a list of this format.
  ///
  /// - Parameters:
  ///   - deliver: is handed each entry as it is read.
  ///   - tell: is told what is passed over and left out.
  /// - Throws: ``ListError`` where it is not a list of this format, or too large; and what `deliver` throws.
  public func read(
    _ source: ListSource, deliver: @escaping (ListEntry) throws -> Void,
    tell: @escaping (ListNotice) -> Void
  ) throws {
    var source = source
    guard source.bytes.count <= source.limits.bytes else {
      throw ListError.tooLarge(limit: source.limits.bytes)
    }
    if !isBinary {
      if source.bytes.starts(with: [0xFF, 0xFE]) || source.bytes.starts(with: [0xFE, 0xFF]) {
        throw ListError.isUTF16
      }
      if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { source.bytes.removeFirst(3) }
    }
    try list.read(source, into: EntrySink(source, deliver: deliver, tell: tell))
  }

  /// Writes the entries as a list of this format.
  ///
  /// - Parameter deliver: is handed the list's bytes, piece by piece.
  /// - Returns: the names of the projects that the list does not have, by the reason.
  public func write(
    _ entries: ListEntries, _ places: ListPlaces, deliver: @escaping ([UInt8]) -> Void
  ) -> [Omission: [String]] {
    var text = ListText(deliver)
    list.write(holdsParts ? entries : Self.repositories(of: entries), places, into: &text)
    text.end()
    return text.omitted
  }

  /// The entries with one for each repository of which some are parts: it is cloned once.
  private static func repositories(of entries: ListEntries) -> ListEntries {
    guard entries.hasParts else { return entries }
    var known: Set<ByteString> = []
    for entry in entries where entry.fields[.subdirectory] == nil {
      if let url = entry.url { known.insert(ByteString(url)) }
    }
    var repositories = ListEntries()
    for entry in entries {
      guard let part = entry.fields[.subdirectory].flatMap(ListEntry.path(of:)), let url = entry.url else {
        repositories.append(entry)
        continue
      }
      guard known.insert(ByteString(url)).inserted else { continue }
      var whole = entry
      whole.fields[.subdirectory] = nil
      whole.fields[.name] = ListPlaces.name(ofURL: url) ?? entry.name
      whole.paths = entry.paths.map { path in
        path.ends(with: part)
          ? FilePath(root: path.root, path.components.dropLast(part.components.count)) : path
      }
      repositories.append(whole)
    }
    return repositories
  }
}

/// A list that is being written.
struct ListText {
  private var bytes: [UInt8] = []
  private let deliver: ([UInt8]) -> Void
  /// The names of the projects that it does not have, by the reason.
  private(set) var omitted: [Omission: [String]] = [:]

  /// Bytes that are gathered before they are handed on.
  private static let piece = 1 << 16

  /// - Parameter deliver: is handed what was written, piece by piece.
  init(_ deliver: @escaping ([UInt8]) -> Void) { self.deliver = deliver }

  /// Appends text.
  mutating func append(_ text: String) { append(ByteText.bytes(of: text)) }

  /// Appends text and the end of a line.
  mutating func line(_ text: String) { append(ByteText.bytes(of: text) + [0x0A]) }

  /// Appends bytes.
  mutating func append(_ more: [UInt8]) {
    bytes += more
    if bytes.count >= Self.piece { end() }
  }

  /// Hands on what is left.
  mutating func end() {
    deliver(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Notes that an entry is not in the list.
  mutating func omit(_ entry: ListEntry, _ reason: Omission) {
    omitted[reason, default: []].append(entry.name)
  }

  /// The URL of an entry, for a format that needs one; without one, the entry is noted as omitted.
  mutating func url(of entry: ListEntry) -> String? {
    if entry.url == nil { omit(entry, .noURL) }
    return entry.url
  }

  /// The entries that have a URL; the others are noted as omitted.
  mutating func withURL(_ entries: ListEntries) -> ListEntries { entries.filter { url(of: $0) != nil } }

  /// The URL of an entry and its parts, for a format that needs a host; without one, the entry is noted as omitted.
  mutating func hosted(_ entry: ListEntry) -> (url: String, place: HostedURL)? {
    guard let url = url(of: entry) else { return nil }
    guard let place = HostedURL(url) else {
      omit(entry, .noHost)
      return nil
    }
    return (url, place)
  }
}

/// The lines of a text that say something: without blanks at their ends, and with their numbers.
struct TextLines {
  /// Calls `body` with each line that is not empty and no comment.
  static func forEach(of bytes: [UInt8], _ body: (Int, String) throws -> Void) throws {
    try forEach(of: bytes) { number, _, line in try body(number, line) }
  }

  /// The same, with whether the line begins with a blank.
  static func forEach(of bytes: [UInt8], _ body: (Int, Bool, String) throws -> Void) throws {
    var number = 0
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      number += 1
      guard end - start <= ListLimits.entry else {
        throw ListError.malformed(line: number, "it has more than \(ListLimits.entry >> 20) MiB")
      }
      var line = bytes[start..<end]
      let isIndented = line.first == 0x20 || line.first == 0x09
      while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0D { line.removeLast() }
      while let first = line.first, first == 0x20 || first == 0x09 { line.removeFirst() }
      if let first = line.first, first != UInt8(ascii: "#") {
        try body(number, isIndented, ByteText.string(from: line))
      }
      start = end + 1
    }
  }
}
