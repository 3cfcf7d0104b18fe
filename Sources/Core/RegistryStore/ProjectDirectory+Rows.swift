import ByteStrings
import Git
import Metadata
import Registry
import RegistryIndex
import SystemPackage
import SystemSupport

/// What a directory has in common with an entry, by its row of the index.
extension ProjectDirectory {
  /// Whether both are the same part of their repositories. Where one path is known, two branches may have the part in
  /// different places: the directory stays the project that it was.
  func isSamePart(as row: ViewRow) -> Bool { row.isEmpty(.subdirectory) == (subdirectory == nil) }

  /// Whether this can be the project of the row: the same URL or root commit, or nothing that tells them apart.
  func mayBe(_ row: ViewRow) -> Bool {
    if sharesOrigin(with: row) { return true }
    guard rootCommit != nil, !row[.rootCommit].isEmpty else {
      return url == nil || row[.key].isEmpty || row.paths.containsBytes(of: path.text)
    }
    return false
  }

  /// Whether this is the repository that the row has at this path, with its history written anew from the first commit on: it
  /// still has the former one. Neither has a remote, which would tell as well.
  func hasRewritten(_ row: ViewRow) -> Bool {
    guard url == nil, row[.key].isEmpty, row.paths.containsBytes(of: path.text), let rootCommit, let facts,
      !row[.rootCommit].isEmpty
    else { return false }
    // Of a copy that is written anew another machine may have told already.
    let record = Identity(.root(rootCommit), subdirectory: subdirectory).record
    if row[.identity].hasSameBytes(as: record) { return true }
    // What cannot be read just now is still what is known.
    return (try? facts.holds(commit: row[.rootCommit])) ?? true
  }

  /// Whether a part of this repository that was called so, and was at these paths, has moved here: its place is empty.
  func hasMovedHere(from part: FilePath, called name: String, at paths: [FilePath]) -> Bool {
    guard subdirectory != nil, let root = facts?.root, name.hasSameBytes(as: metadata?.name ?? defaultName)
    else { return false }
    let file = root.pushing(part).appending(ProjectMetadata.fileName)
    return Files.isMissing(file, followingLinks: false) && !paths.contains { hasOther(at: $0) }
  }

  /// Whether this has the URL or the root commit of the row.
  func sharesOrigin(with row: ViewRow) -> Bool {
    let urls = [url, localURL].compactMap { $0?.normalized }
    if !row[.key].isEmpty, urls.containsBytes(of: row[.key]) { return true }
    guard let rootCommit, !row[.rootCommit].isEmpty else { return false }
    return rootCommit == row[.rootCommit]
  }

  /// Whether a path is another directory with a project. One that leads elsewhere by a link is the same place under its
  /// former name.
  func hasOther(at other: FilePath) -> Bool {
    other != path && other.resolved == other && Self.mayHoldProject(other)
  }

  /// Whether a directory may hold a project at all: an empty one that was left behind does not.
  static func mayHoldProject(_ path: FilePath) -> Bool {
    [".git", ProjectMetadata.fileName, "HEAD", ".jj"].contains {
      !Files.isMissing(path.appending($0), followingLinks: false)
    }
  }
}
