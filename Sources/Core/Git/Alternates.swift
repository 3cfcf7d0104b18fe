import SystemSupport
import SystemPackage

/// Where a repository borrows objects from (gitrepository-layout(5), objects/info/alternates).
enum Alternates {
  /// As in git, for directories that borrow from others in turn.
  private static let largestDepth = 5

  /// `objects` and every directory that it borrows from, itself first.
  static func directories(of objects: FilePath) -> [FilePath] {
    (try? checkedDirectories(of: objects)) ?? [objects]
  }

  /// As ``directories(of:)``.
  ///
  /// - Throws: ``GitError`` where a list of them is not a regular file, too long, or they are too many.
  static func checkedDirectories(of objects: FilePath) throws(GitError) -> [FilePath] {
    var found = [objects]
    try collect(from: objects, depth: 0, into: &found)
    return found
  }

  private static func collect(
    from objects: FilePath, depth: Int, into found: inout [FilePath]
  ) throws(GitError) {
    guard depth < largestDepth else { return }
    try GitDirectoryCheck.alternates(of: objects)
    guard let bytes = try? Files.read(objects.pushing("info/alternates"), limit: Limits.list) else { return }
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
      let path = FilePath(bytes: Array(line)).absolute(against: objects)
      let directory = path.resolved ?? path
      if found.contains(directory) { continue }
      found.append(directory)
      guard found.count <= Limits.alternates + 1 else {
        throw GitDirectoryCheck.refused(
          found[0].visible, .tooLarge,
          "it borrows objects from more than \(Limits.alternates) directories")
      }
      try collect(from: directory, depth: depth + 1, into: &found)
    }
  }
}
