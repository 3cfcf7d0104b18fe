#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// The patterns of the shell.
public enum Wildcards {
  /// Whether a pattern matches (fnmatch(3)); `*` also stands for slashes, as in git's pathspecs. Both end in NUL.
  public static func match(_ pattern: [CChar], _ text: [CChar], ignoringCase: Bool = false) -> Bool {
    fnmatch(pattern, text, ignoringCase ? caseFolding : 0) == 0
  }

  /// `FNM_CASEFOLD`, a GNU and BSD extension that the C library's module does not export.
  private static let caseFolding: Int32 = 1 << 4

  /// The files that a pattern names (glob(3)), in order.
  public static func files(_ pattern: FilePath, atMost limit: Int) -> [FilePath] {
    var found = glob_t()
    defer { globfree(&found) }
    guard pattern.withPlatformString({ glob($0, 0, nil, &found) }) == 0, let names = found.gl_pathv else {
      return []
    }
    return (0..<min(Int(found.gl_pathc), limit)).compactMap { index in
      names[index].map { FilePath(platformString: $0) }
    }
  }
}
