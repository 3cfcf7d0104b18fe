public import SystemSupport
public import SystemPackage

/// The packs of a directory of objects.
public enum PackFiles {
  /// Their files.
  ///
  /// - Parameter objects: the directory that git calls `objects`.
  public static func all(in objects: FilePath) throws(SystemError) -> [FilePath] {
    let folder = objects.appending("pack")
    return try Files.names(in: folder).filter { $0.suffix(5).elementsEqual(".pack".utf8) }
      .map { folder.pushing(FilePath(bytes: $0)) }
  }
}
