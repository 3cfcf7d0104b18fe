#if canImport(Glibc)
  public import Glibc
#elseif canImport(Musl)
  public import Musl
#elseif canImport(Darwin)
  public import Darwin
#endif

/// Bytes in memory, as the C library compares and searches them: many at a time.
///
/// Called millions of times while lists are searched, and so part of their callers.
public enum Memory {
  /// Where `byte` first is in the `count` bytes from `start`; nil where it is not.
  @inlinable
  public static func first(_ byte: UInt8, from start: UnsafeRawPointer, count: Int) -> UnsafeRawPointer? {
    memchr(start, Int32(byte), count).map { UnsafeRawPointer($0) }
  }

  /// Whether two times `count` bytes are the same.
  @inlinable
  public static func areEqual(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer, count: Int) -> Bool {
    memcmp(one, other, count) == 0
  }
}

extension CStrings {
  /// The bytes of a C string, without the NUL.
  @inlinable
  public static func length(_ string: UnsafePointer<CChar>) -> Int { strlen(string) }

  /// Whether two C strings are the same.
  @inlinable
  public static func areEqual(_ one: UnsafePointer<CChar>, _ other: UnsafePointer<CChar>) -> Bool {
    strcmp(one, other) == 0
  }

  /// Whether a C string begins with these bytes.
  @inlinable
  public static func begins(_ string: UnsafePointer<CChar>, with prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { bytes in
      guard let start = bytes.baseAddress else { return true }
      return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        strncmp(string, $0, bytes.count) == 0
      }
    }
  }
}
