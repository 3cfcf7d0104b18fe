import IndexReporting
import Completion
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// What completion asks of the registry on this machine. Where something cannot be read there is nothing to offer: a message
/// would stand in the middle of what a person types.
final class RegistrySource: CompletionSource {
  /// The registry that the environment names; nil where it names none.
  private let registry: FilePath?
  /// Read once: each time is a run of git.
  private lazy var knownAliases = Aliases.all()

  init(registry: FilePath?) { self.registry = registry }

  /// The names of the remotes, from the headings of the registry's configuration.
  func remotes() -> [[UInt8]] {
    guard let registry, let bytes = try? Files.read(registry.appending("config"), limit: 1 << 20) else {
      return []
    }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let line = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard line.starts(with: "[remote \"".utf8), let end = line.lastIndex(of: UInt8(ascii: "\"")) else {
        return nil
      }
      let name = line[(line.startIndex + 9)..<max(line.startIndex + 9, end)]
      return name.contains(UInt8(ascii: "\\")) ? nil : Array(name)
    }
  }

  func aliases() -> [(name: String, meaning: String)] { knownAliases }

  func words(ofAlias name: String) -> [String]? {
    guard let value = knownAliases.first(where: { $0.name == name })?.meaning, !value.begins(with: "!") else {
      return nil
    }
    return try? Aliases.words(of: value, alias: name)
  }

  func forEachProject(
    beginning prefix: [UInt8], hereOnly: Bool, registry named: String?, _ body: (NamedProject) -> Void
  ) {
    guard let file = file(named), let main = try? file.main() else { return }
    if file.forEachProject(beginning: prefix, hereOnly: hereOnly, in: main, body) { return }
    // From the index as it is now, or as it was where it cannot be brought up to date.
    _ = try? file.fresh()
    _ = file.forEachProject(beginning: prefix, hereOnly: hereOnly, in: nil, body)
  }

  func values(of column: ViewColumn, registry named: String?) -> [[UInt8]] {
    guard let view = try? file(named)?.fresh() else { return [] }
    var seen: Set<[UInt8]> = []
    for row in view.rows where !row.isEmpty(column) {
      for item in row.list(column) { seen.insert(ByteText.bytes(of: item)) }
    }
    return seen.sorted { $0.lexicographicallyPrecedes($1) }
  }

  func machines(registry named: String?) -> [[UInt8]] {
    guard let view = try? file(named)?.fresh() else { return [] }
    return view.machineNames.keys.map { ByteText.bytes(of: view.name(of: $0)) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  func savedConditions() -> [[UInt8]] {
    let start = "dev-infra.where."
    let words = ["--null", "--name-only", "--get-regexp", "^dev-infra\\.where\\."]
    let keys = (try? RegistrySettings.records(words)) ?? []
    let names = keys.filter { $0.begins(with: start) }.map {
      ByteText.bytes(of: String($0.dropFirst(start.count)))
    }
    return Set(names).sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func file(_ named: String?) -> ViewFile? {
    (named.map { FilePath(text: $0) } ?? registry).map { ViewFile(registry: $0) }
  }
}
