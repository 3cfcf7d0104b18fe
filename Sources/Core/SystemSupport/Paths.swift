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
    let characters = bytes.prefix { $0 != 0 }.map { CInterop.PlatformChar(bitPattern: $0) } + [0]
    self = characters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return FilePath() }
      return FilePath(platformString: start)
    }
  }

  /// The path's bytes, without the final NUL.
  public var bytes: [UInt8] {
    withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }.map {
      UInt8(bitPattern: $0)
    }
  }

  /// The path as text that loses nothing; see ``ByteText``.
  public var text: String { ByteText.string(from: bytes) }

  /// The path as a message or a terminal may show it.
  public var visible: String { Quoting.visible(text) }

  /// This path made absolute against `base` and freed of `.` and `..`, without asking the file system.
  public func absolute(against base: FilePath) -> FilePath {
    (isAbsolute ? self : base.pushing(self)).lexicallyNormalized()
  }

  /// With every symbolic link resolved, or nil where it does not exist.
  public var resolved: FilePath? {
    withPlatformString { path in
      guard let real = realpath(path, nil) else { return nil }
      defer { free(real) }
      return FilePath(platformString: real)
    }
  }

  /// As ``resolved``; for a path that is not there, its nearest existing ancestor resolved and the rest kept.
  public var resolvedAsFarAsItExists: FilePath {
    if let resolved { return resolved }
    guard let name = lastComponent else { return self }
    return removingLastComponent().resolvedAsFarAsItExists.appending(name)
  }
}
