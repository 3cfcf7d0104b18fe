/// The one name that git keeps to itself, in every spelling that some file system takes for it.
public enum GitNames {
  /// Whether a file system may take `name` for `.git`.
  ///
  /// As git refuses it in a tree whatever the system (read-cache.c `verify_path`, path.c `is_ntfs_dotgit`, utf8.c
  /// `is_hfs_dotgit`): in any case; with spaces and dots at the end, or a stream behind a colon, which NTFS drops;
  /// by its short name `git~1`; and with the characters that HFS+ passes over.
  public static func isDotGit(_ name: [UInt8]) -> Bool {
    let plain = withoutIgnored(name).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    for spelling in [".git", "git~1"] where plain.starts(with: spelling.utf8) {
      let rest = plain.dropFirst(spelling.utf8.count).drop {
        $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ")
      }
      if rest.isEmpty || rest.first == UInt8(ascii: "\\") || rest.first == UInt8(ascii: ":") { return true }
    }
    return false
  }

  /// Without what HFS+ ignores: U+200C to U+200F, U+202A to U+202E, U+206A to U+206F, U+FEFF.
  private static func withoutIgnored(_ name: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    var index = 0
    while index < name.count {
      if index + 2 < name.count {
        switch (name[index], name[index + 1], name[index + 2]) {
        case (0xE2, 0x80, 0x8C...0x8F), (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xAA...0xAF),
          (0xEF, 0xBB, 0xBF):
          index += 3
          continue
        default: break
        }
      }
      kept.append(name[index])
      index += 1
    }
    return kept
  }
}
