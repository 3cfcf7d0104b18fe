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

  /// The number of objects in a pack whose first object is stored uncompressed, as in packs that this toolset writes; nil for any
  /// other pack.
  ///
  /// git keeps such objects as they are when it packs, and looks for no delta between two of one pack.
  public static func countOfPlain(_ pack: FilePath) -> Int? {
    // The header, kind and size of the object, and the beginning of its stream (gitformat-pack(5), RFC 1950 and 1951).
    guard let bytes = try? Files.readStart(of: pack, count: 32), bytes.count > 12,
      bytes.starts(with: "PACK".utf8)
    else { return nil }
    let kind = bytes[12] >> 4 & 7
    guard 1...4 ~= kind, let last = bytes[12...].firstIndex(where: { $0 & 0x80 == 0 }) else { return nil }
    let stream = bytes[(last + 1)...].prefix(3)
    guard stream.starts(with: [0x78, 0x01]), let block = stream.dropFirst(2).first, block >> 1 & 3 == 0 else {
      return nil
    }
    return bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
  }

  /// Whether somebody wants it as it is (git-repack(1)).
  public static func isKept(_ pack: FilePath) -> Bool {
    var file = pack
    file.extension = "keep"
    return Files.kind(of: file) != nil
  }

  /// Removes a pack whose objects are all in another one as well. Its index first, for with that git sees it.
  public static func remove(_ pack: FilePath) {
    for ending in ["idx", "rev", "bitmap", "pack"] {
      var file = pack
      file.extension = ending
      Files.remove(file)
    }
  }
}
