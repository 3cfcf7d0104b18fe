import Glibc
import Platform
public import SystemPackage

extension ProjectMetadata {
  /// The name of the file in a project's directory.
  public static let fileName = ".dev-infra.yml"

  /// Reads the file in `directory`.
  ///
  /// - Returns: nil where there is no such file.
  /// - Throws: `SystemError` where it cannot be read or is no regular file (a symbolic link to one is followed),
  ///   ``MetadataError`` where it cannot be understood.
  public static func read(in directory: FilePath) throws -> ProjectMetadata? {
    try read(file: directory.appending(fileName))
  }

  /// Reads the file at `path`; otherwise as ``read(in:)``.
  public static func read(file path: FilePath) throws -> ProjectMetadata? {
    guard let bytes = try bytes(of: path) else { return nil }
    return try ProjectMetadata(parsing: bytes)
  }

  /// The bytes of the file at `path`, or nil where nothing is there.
  static func bytes(of path: FilePath) throws -> [UInt8]? {
    do {
      return try Files.read(path, limit: Limits.file)
    } catch  where error.isMissing {
      // A link that leads nowhere is no absence: somebody meant a file to be there.
      if Files.kind(of: path, followingLinks: false) == .link { throw error }
      return nil
    } catch  where error.code == EFBIG {
      throw InputCheck.tooLarge
    }
  }

  /// Sets keys of the file at `path`, one after the other, and replaces the file whole and durably, if anything changed.
  ///
  /// A file that is not there starts empty. Two processes that do this at once both succeed, and the later one wins.
  ///
  /// - Returns: whether the file changed.
  @discardableResult
  public static func update(
    file path: FilePath, setting changes: [(key: String, value: Assignment?)]
  ) throws -> Bool {
    let old = try bytes(of: path) ?? []
    var new = old
    for change in changes { new = try edit(new, setting: change.key, to: change.value) }
    guard new != old else { return false }
    try Files.replace(path, with: new)
    return true
  }
}
