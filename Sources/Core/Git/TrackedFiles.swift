import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// What an index says about files of one name.
enum TrackedFiles {
  /// See ``RepositoryInfo/trackedPaths(named:)``.
  static func directories(
    holding name: String, index: FilePath, gitDirectory: FilePath, workTree: FilePath,
    usingProgram: Bool
  ) throws(GitError) -> [FilePath] {
    if usingProgram { return try byProgram(name, gitDirectory, workTree) }
    try GitDirectoryCheck.index(of: gitDirectory)
    // Nothing was ever added, or nothing of the name.
    guard mayHold(name, index) else { return [] }
    do throws(GitError) {
      return try byLibrary(name, index)
    } catch {
      // A split or sparse index, or one of SHA-256: git reads it.
      return try byProgram(name, gitDirectory, workTree)
    }
  }

  /// Whether an index may hold a file of this name below its root: it does not where the name's bytes are
  /// nowhere in it.
  ///
  /// An index spells paths out, except from version 4 on; a split or sparse one does not hold them all. Those have to be
  /// parsed.
  private static func mayHold(_ name: String, _ index: FilePath) -> Bool {
    let parts = [[UInt8(ascii: "/")] + ByteText.bytes(of: name), Array("link".utf8), Array("sdir".utf8)]
    let overlap = (parts.map(\.count).max() ?? 1) - 1
    // A piece, and before it the end of the one before.
    var window: [UInt8] = []
    var isFirst = true
    var mayHold = false
    do throws(SystemError) {
      try Files.readPieces(of: index, size: 1 << 20) { piece in
        if isFirst {
          isFirst = false
          let isKnown =
            piece.count > 12 && piece.starts(with: [0x44, 0x49, 0x52, 0x43, 0, 0, 0])
            && (piece[7] == 2 || piece[7] == 3)
          if !isKnown {
            mayHold = true
            return false
          }
        }
        window.append(contentsOf: piece)
        mayHold = parts.contains { holds($0, window) }
        window.removeFirst(max(0, window.count - overlap))
        return !mayHold
      }
    } catch {
      return !error.isMissing
    }
    return mayHold || isFirst
  }

  private static func holds(_ part: [UInt8], _ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { buffer in
      guard var place = buffer.baseAddress else { return false }
      let end = place + buffer.count
      while let found = Memory.first(part[0], from: place, count: end - place) {
        if end - found >= part.count, Memory.areEqual(found, part, count: part.count) { return true }
        place = found + 1
      }
      return false
    }
  }

  private static func byLibrary(_ name: String, _ path: FilePath) throws(GitError) -> [FilePath] {
    try LibGit2.start()
    var index: OpaquePointer?
    try check(git_index_open(&index, path.cText), "reading the index", path.visible)
    defer { git_index_free(index) }
    let suffix = [UInt8(ascii: "/")] + ByteText.bytes(of: name)
    var directories: [FilePath] = []
    for position in 0..<git_index_entrycount(index) {
      guard let entry = git_index_get_byindex(index, position), let path = entry.pointee.path,
        git_index_entry_stage(entry) == 0, entry.pointee.mode & 0o170000 == 0o100000
      else { continue }
      // This runs for every path of every repository: nothing is copied unless it matches.
      let bytes = UnsafeRawBufferPointer(start: path, count: length(path))
      guard bytes.count > suffix.count, bytes.suffix(suffix.count).elementsEqual(suffix) else { continue }
      directories.append(FilePath(bytes: Array(bytes.dropLast(suffix.count))))
    }
    return directories
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var end = text
    while end.pointee != 0 { end += 1 }
    return end - text
  }

  private static func byProgram(
    _ name: String, _ gitDirectory: FilePath, _ workTree: FilePath
  ) throws(GitError) -> [FilePath] {
    try GitDirectoryCheck.indexForProgram(of: gitDirectory)
    let git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    guard let output = try git.output(["ls-files", "-z", "--cached", "--", ":(top,glob)**/*"]) else {
      return []
    }
    let suffix = [UInt8(ascii: "/")] + ByteText.bytes(of: name)
    return output.split(separator: 0).filter {
      $0.count > suffix.count && $0.suffix(suffix.count).elementsEqual(suffix)
    }
    .map { FilePath(bytes: Array($0.dropLast(suffix.count))) }
  }
}
