import Platform
import SystemPackage

/// Where a repository borrows objects from (gitrepository-layout(5), objects/info/alternates).
enum Alternates {
  /// As git has it, for directories that borrow from others in turn.
  private static let largestDepth = 5

  /// `objects` and every directory that it borrows from, itself first.
  static func directories(of objects: FilePath) -> [FilePath] {
    var found = [objects]
    collect(from: objects, depth: 0, into: &found)
    return found
  }

  private static func collect(from objects: FilePath, depth: Int, into found: inout [FilePath]) {
    guard depth < largestDepth,
      let bytes = try? Files.read(objects.pushing("info/alternates"), limit: 1 << 20)
    else { return }
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
      let path = FilePath(bytes: Array(line)).absolute(against: objects)
      let directory = path.resolved ?? path
      if found.contains(directory) { continue }
      found.append(directory)
      collect(from: directory, depth: depth + 1, into: &found)
    }
  }
}
