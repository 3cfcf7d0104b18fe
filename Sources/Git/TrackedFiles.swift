import CGit2
import Platform
import Records
import SystemPackage

/// What an index says about files of one name.
enum TrackedFiles {
  /// See ``RepositoryFacts/trackedPaths(named:)``.
  static func directories(
    holding name: String, index: FilePath, gitDirectory: FilePath, usingProgram: Bool
  ) throws(GitError) -> [FilePath] {
    if usingProgram { return try byProgram(name, gitDirectory) }
    // Nothing was ever added.
    guard Files.kind(of: index) == .file else { return [] }
    do throws(GitError) {
      return try byLibrary(name, index)
    } catch {
      // A split or sparse index, or one of SHA-256: git reads it.
      return try byProgram(name, gitDirectory)
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
      // Every path of every repository comes by here: nothing is copied unless it fits.
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

  private static func byProgram(_ name: String, _ gitDirectory: FilePath) throws(GitError) -> [FilePath] {
    let git = GitProgram(gitDirectory: gitDirectory)
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
