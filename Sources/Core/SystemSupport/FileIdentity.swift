#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import CPlatform
public import SystemPackage

/// What tells a file or directory from a copy of it, on whichever computer that shares its file system: its number, and
/// when it was made where the file system says so (statx(2)).
public struct FileIdentity: Equatable, Sendable {
  private let number: UInt64
  /// Seconds and nanoseconds; nil where the file system, or a network's protocol, does not tell.
  private let born: String?

  /// The identity that ``text`` wrote; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(at: ":", maxSplits: 1)
    guard let first = parts.first, let number = UInt64(first) else { return nil }
    self.number = number
    born = parts.count > 1 ? String(parts[1]) : nil
  }

  fileprivate init(number: UInt64, born: String?) {
    self.number = number
    self.born = born
  }

  /// `NUMBER`, or `NUMBER:SECONDS.NANOSECONDS`.
  public var text: String { born.map { "\(number):\($0)" } ?? "\(number)" }

  /// Whether both are of one file. A time that one of them lacks decides nothing.
  public func isSame(as other: FileIdentity) -> Bool {
    number == other.number && (born == nil || other.born == nil || born == other.born)
  }
}

extension Files {
  /// The identity of what is at `path`; nil where nothing is there or it cannot be looked at.
  public static func identity(of path: FilePath) -> FileIdentity? {
    var number: UInt64 = 0
    var seconds: Int64 = 0
    var nanoseconds: UInt32 = 0
    let result = path.withPlatformString { dev_infra_identity($0, &number, &seconds, &nanoseconds) }
    guard result >= 0 else { return nil }
    return FileIdentity(number: number, born: result == 1 ? "\(seconds).\(nanoseconds)" : nil)
  }
}
