import SystemSupport
import ByteStrings
public import SystemPackage

/// The templates that go by a name: the user's own in the registry's directory, and those of this installation.
public struct TemplateFolders {
  /// A template.
  public struct Entry {
    /// Its name.
    public let name: String
    /// Its directory.
    public let path: FilePath
    /// Whether it is the user's own.
    public let isOwn: Bool
    /// What it says of itself; empty where it says nothing.
    public var summary: String { TemplateFolders.summary(of: path) }
  }

  private let folders: [(path: FilePath, isOwn: Bool)]

  /// - Parameter registry: the registry's directory, whether it is there or not.
  public init(registry: FilePath) {
    // Of an installed tree, libexec/dev-infra and share/dev-infra are beside each other.
    let installed = Environment.executablePath.map {
      $0.removingLastComponent().removingLastComponent().pushing("share/dev-infra/templates")
    }
    folders =
      [(registry.appending("templates"), true)] + (installed.map { [($0, false)] } ?? [])
  }

  /// All of them by name; where two have one name the user's own counts.
  public func all() throws -> [Entry] {
    var found: [String: Entry] = [:]
    for (path, isOwn) in folders where Files.kind(of: path) == .directory {
      for bytes in try Files.names(in: path) where bytes.first != UInt8(ascii: ".") {
        let name = ByteText.string(from: bytes)
        let place = path.pushing(FilePath(bytes: bytes))
        guard found[name] == nil, Files.kind(of: place) == .directory else { continue }
        found[name] = Entry(name: name, path: place, isOwn: isOwn)
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  /// The template of this name.
  public func find(_ name: String) throws -> FilePath {
    let all = try all()
    guard let entry = all.first(where: { $0.name == name }) else {
      throw TemplateError.unknownTemplate(name, known: all.map(\.name))
    }
    return entry.path
  }

  /// What stands behind `{{! Summary:` in the first line of the template's `.dev-infra.yml`.
  static func summary(of template: FilePath) -> String {
    for name in [".dev-infra.yml.mustache", ".dev-infra.yml"] {
      guard let bytes = try? Files.read(template.appending(name), limit: 1 << 20) else { continue }
      let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      let start = "{{! Summary: "
      guard line.begins(with: start), line.ends(with: "}}") else { return "" }
      let text = line.dropFirst(start.count).dropLast(2)
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
    return ""
  }
}
