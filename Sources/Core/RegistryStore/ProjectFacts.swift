import ByteStrings
import SystemSupport
import Registry
public import RegistryIndex
import SystemPackage

extension RegistryStore {
  /// All that is known of a project, as labels and values in the order in which people want them.
  public func facts(of row: ViewRow, in view: View) throws -> [(label: String, value: String)] {
    var facts = ProjectField.all.sorted { $0.rank < $1.rank }.compactMap { field in
      RowAtom(rawValue: field.key).map { (field.label, $0.text(of: row, in: view)) }
    }.filter { !$0.1.isEmpty }
    facts += [("", row[.unknown])].filter { !$0.1.isEmpty }.map { ("also", $0.1) }
    let main = try main()
    var remotes: [(String, String)] = []
    var known: Set<[ByteString]> = []
    for id in row.list(.machines).compactMap({ MachineID($0) }) {
      guard let project = ProjectID(row.id), let checkout = try checkout(project, of: id, in: main) else {
        continue
      }
      for place in checkout.ranked {
        let isGone = id == machine.id && Files.kind(of: place.path) == nil
        let kind = place.kind == .main ? "" : " (\(place.kind.rawValue))"
        facts.append(
          ("on \(view.name(of: id.hex))", place.path.text + kind + (isGone ? " (directory is gone)" : "")))
      }
      // That of the project itself is said above.
      for (name, url) in checkout.remotes.sortedByKey() where url != row[.remoteURL] {
        let label = "remote \(name.visible)"
        if known.insert([ByteString(label), ByteString(url)]).inserted { remotes.append((label, url)) }
      }
    }
    let own =
      facts.firstIndex { $0.0 == "remote" } ?? facts.firstIndex { $0.0 == "identity" } ?? facts.startIndex
    facts.insert(contentsOf: remotes, at: own + 1)
    return facts
  }
}
