import ByteStrings
import ListFormats
import Registry
import SystemSupport
public import SystemPackage

/// Where the projects of a list that is written are, and by which names.
public struct ListPlaces: Sendable {
  /// What relative paths start from.
  public var root: FilePath
  /// What `~` is; nil where nobody knows.
  public var home: FilePath?

  /// Places that count from `root`.
  public init(root: FilePath, home: FilePath?) {
    self.root = root
    self.home = home
  }

  /// What is below a directory, relative to it; nil for what is not, and for the directory itself.
  static func relative(_ path: FilePath, below directory: FilePath) -> FilePath? {
    var rest = path
    guard rest.removePrefix(directory), !rest.isEmpty, rest.isRelative else { return nil }
    return rest
  }

  /// A path with `word` in the place of the home directory.
  func shortened(_ path: FilePath, _ word: String) -> String {
    guard let home, let rest = Self.relative(path, below: home) else { return path.text }
    return "\(word)/\(rest.text)"
  }

  /// A directory for each of some entries, relative to the root and each once: where it is below the root, else by its name.
  func directories(of entries: ListEntries) -> [String] {
    var taken: Set<ByteString> = []
    return entries.map { entry in
      for path in entry.paths {
        if let place = Self.relative(path, below: root)?.text, taken.insert(ByteString(place)).inserted {
          return place
        }
      }
      return Self.free(Self.candidates(entry), &taken)
    }
  }

  /// A name for each of some entries, each once.
  static func names(of entries: ListEntries) -> [String] {
    var taken: Set<ByteString> = []
    return entries.map { free([$0.name] + candidates($0).dropFirst(), &taken) }
  }

  private static func free(_ candidates: [String], _ taken: inout Set<ByteString>) -> String {
    for name in candidates where taken.insert(ByteString(name)).inserted { return name }
    let last = candidates.last ?? "project"
    var number = 2
    while !taken.insert(ByteString("\(last)-\(number)")).inserted { number += 1 }
    return "\(last)-\(number)"
  }

  /// What an entry may be called: its name, `owner/name` and `host/owner/name`, as parts of a path.
  private static func candidates(_ entry: ListEntry) -> [String] {
    var names = [component(entry.name)]
    guard let url = entry.url.flatMap({ try? RemoteURL($0) }), !url.normalized.begins(with: "/") else {
      return names
    }
    let parts = url.normalized.split(at: "/").map { component(String($0)) }
    if parts.count >= 2 { names.append(parts.suffix(2).joined(separator: "/")) }
    if parts.count >= 3 { names.append(parts.joined(separator: "/")) }
    return names
  }

  /// A text as one name of a path that leads nowhere else.
  private static func component(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      scalars.append(scalar.isControl || "/\\:".unicodeScalars.contains(scalar) ? "_" : scalar)
    }
    let name = String(scalars)
    if name.isEmpty { return "project" }
    if name == "." || name == ".." || name.lowercased() == ".git" || name.begins(with: "-") {
      return "_\(name)"
    }
    return name
  }

  /// What a repository is called by its URL: the last part of its path, without `.git`.
  static func name(ofURL url: String) -> String? {
    var bytes = ByteText.bytes(of: url)[...]
    while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    if bytes.count > 4, bytes.suffix(4).elementsEqual(".git".utf8) { bytes.removeLast(4) }
    while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    let start = bytes.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") }.map { $0 + 1 }
    let name = bytes[(start ?? bytes.startIndex)...]
    return name.isEmpty ? nil : ByteText.string(from: name)
  }
}
