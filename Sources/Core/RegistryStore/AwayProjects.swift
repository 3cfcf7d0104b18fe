import ByteStrings
import Registry
import RegistryIndex
import SystemPackage
import SystemSupport

/// The entries that are nowhere on this machine, by their first commits, as far as they have been asked for.
///
/// A first commit only proposes: starters that are copied and repositories that a script makes share it. So it never
/// joins two that are both here.
struct AwayProjects {
  private struct Group: Hashable {
    let firstCommit: String
    let subdirectory: FilePath?
  }

  private struct Rows {
    var withURL: [ViewRow] = []
    var withoutURL: [ViewRow] = []
  }

  private var groups: [Group: Rows] = [:]

  /// The one entry that has the first commit of a directory, and which it may be.
  mutating func proposal(
    for directory: ProjectDirectory, in index: ProjectIndex, _ mayBe: (ViewRow) -> Bool
  ) -> ProjectID? {
    guard let firstCommit = directory.rootCommit else { return nil }
    let group = Group(firstCommit: firstCommit, subdirectory: directory.subdirectory)
    let away = groups[group] ?? Self.rows(of: group, beside: directory, in: index)
    groups[group] = away
    var found: ViewRow?
    // A thousand may have one first commit: no more of them are looked at than it takes to find two.
    for rows in directory.url == nil ? [away.withoutURL, away.withURL] : [away.withoutURL] {
      for row in rows where mayBe(row) && !directory.isPlace(row[.key]) {
        if found != nil { return nil }
        found = row
      }
    }
    return found.flatMap { ProjectID($0.id) }
  }

  private static func rows(
    of group: Group, beside directory: ProjectDirectory, in index: ProjectIndex
  ) -> Rows {
    var away = Rows()
    for row in index.rows(where: .rootCommit, is: group.firstCommit)
    where row[.subdirectory].hasSameBytes(as: group.subdirectory?.text ?? "")
      && !row.paths.contains(where: { directory.hasOther(at: FilePath(text: $0)) })
    {
      if row.isEmpty(.key) { away.withoutURL.append(row) } else { away.withURL.append(row) }
    }
    return away
  }

  /// Takes out a project that has been found here.
  mutating func remove(_ project: Project) {
    guard let firstCommit = project.rootCommit else { return }
    let group = Group(firstCommit: firstCommit, subdirectory: project.subdirectory)
    guard let known = groups[group], !known.withURL.isEmpty || !known.withoutURL.isEmpty else { return }
    groups[group]?.withURL.removeAll { $0.id == project.id.hex }
    groups[group]?.withoutURL.removeAll { $0.id == project.id.hex }
  }
}
