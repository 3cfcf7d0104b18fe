import ByteStrings
import SystemPackage

/// The commands that there are, with what each does, under headings.
struct CommandOverview {
  /// The headings of the common commands, by the catalogue's names for them.
  private static let groups = [
    ("start", "start"), ("look", "look at your projects"), ("change", "change what is known"),
    ("many", "work in many projects at a time"), ("share", "work with other machines"),
  ]
  /// The headings of all commands, by the catalogue's categories.
  private static let categories = [
    ("main", "Main commands"), ("ancillary", "Ancillary commands"), ("plumbing", "Plumbing, for scripts"),
    ("helper", "Remote helpers, which git runs"), ("guide", "Guides and formats"),
  ]

  private let catalogue: Catalogue
  private let executables: FilePath

  init(_ installation: Installation) {
    catalogue = Catalogue(installation)
    executables = installation.executables
  }

  /// Those of every day.
  func common() -> String {
    var text = ""
    for (group, title) in Self.groups {
      let entries = catalogue.entries.filter { $0.group == group }
      if !entries.isEmpty { text += "\n\(title)\n" + lines(entries) }
    }
    return text
  }

  /// All of them, and those that others have put on PATH.
  func all() -> String {
    var text = ""
    for (category, title) in Self.categories {
      let entries = catalogue.entries.filter { $0.category == category }
      if !entries.isEmpty { text += (text.isEmpty ? "" : "\n") + "\(title)\n" + lines(entries) }
    }
    let known = Set(catalogue.entries.map(\.command))
    let own = CommandSearch.names(in: [executables] + CommandSearch.path)
      .filter { !known.contains($0) }
    if !own.isEmpty {
      text += (text.isEmpty ? "" : "\n") + "Commands from elsewhere on PATH\n"
      text += own.map { "   \(Quoting.visible($0))\n" }.joined()
    }
    return text
  }

  private func lines(_ entries: [Catalogue.Entry]) -> String {
    let width = catalogue.entries.map(\.command.count).max() ?? 0
    return entries.map { entry in
      let gap = String(repeating: " ", count: width - entry.command.count + 3)
      return "   \(entry.command)\(gap)\(entry.summary)\n"
    }.joined()
  }
}
