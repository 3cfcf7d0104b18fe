#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
public import SystemPackage

extension FilePath {
  /// The path that `text` stands for, where bytes that are not UTF-8 are carried as in ``ByteText``.
  public init(text: String) { self.init(bytes: ByteText.bytes(of: text)) }

  /// The path of these bytes; a NUL ends it, as it would for the system.
  public init(bytes: [UInt8]) {
    self = (bytes + [0]).withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CInterop.PlatformChar.self) { characters in
        characters.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
      }
    }
  }

  /// The path's bytes, without the final NUL.
  public var bytes: [UInt8] {
    withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
  }

  /// The path as text that loses nothing; see ``ByteText``.
  public var text: String { ByteText.string(from: bytes) }

  /// The path as a message or a terminal may show it.
  public var visible: String { isEmpty ? "''" : Quoting.visible(text) }

  /// This path made absolute against `base` and freed of `.` and `..`, without asking the file system.
  public func absolute(against base: FilePath) -> FilePath {
    (isAbsolute ? self : base.pushing(self)).lexicallyNormalized()
  }

  /// With every symbolic link resolved and, where names are the same in any case, every name spelled as its directory lists it; nil where
  /// it does not exist.
  public var resolved: FilePath? {
    let real = withPlatformString { path -> FilePath? in
      guard let real = realpath(path, nil) else { return nil }
      defer { free(real) }
      return FilePath(platformString: real)
    }
    #if canImport(Darwin)
      // There realpath(3) sees to the names.
      return real
    #else
      return real.map { $0.isSameInAnyCase ? $0.spelledByDirectories : $0 }
    #endif
  }

  /// Whether its file system takes names that differ in nothing but case for one: another form of its own name leads here.
  var isSameInAnyCase: Bool {
    // Called for every path that is resolved.
    var other = bytes
    let name = (other.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
    guard let letter = other[name...].firstIndex(where: { (0x41...0x5A).contains($0 & 0xDF) }) else {
      return false
    }
    other[letter] ^= 0x20
    // A link of that name is another file.
    guard let there = Stat(at: FilePath(bytes: other), followingLinks: false),
      let here = Stat(at: self, followingLinks: false)
    else {
      return false
    }
    return here.isSameFile(as: there)
  }

  private var spelledByDirectories: FilePath {
    var path = FilePath(root: root)
    for component in components {
      let bytes = FilePath(root: nil, [component]).bytes
      let folded = ByteText.string(from: bytes).lowercased()
      let names = (try? Files.names(in: path)) ?? []
      let name =
        names.contains(bytes) ? nil : names.first { ByteText.string(from: $0).lowercased() == folded }
      path = path.pushing(FilePath(bytes: name ?? bytes))
    }
    return path
  }

  /// As ``resolved``; for a path that is not there, its nearest existing ancestor resolved and the rest kept.
  public var resolvedAsFarAsItExists: FilePath {
    if let resolved { return resolved }
    guard let name = lastComponent else { return self }
    return removingLastComponent().resolvedAsFarAsItExists.appending(name)
  }
}
