#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// Arrays of C strings, as exec(3) and posix_spawn(3) take them.
public enum CStrings {
  /// Calls `body` with pointers to `strings`, each and the array itself ended as in C.
  public static func with<Result>(
    _ strings: [[UInt8]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    defer { pointers.deallocate() }
    for (index, string) in strings.enumerated() {
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: string.count + 1)
      for (offset, byte) in string.enumerated() { copy[offset] = CChar(bitPattern: byte) }
      copy[string.count] = 0
      pointers[index] = copy
    }
    pointers[strings.count] = nil
    defer { for index in strings.indices { pointers[index]?.deallocate() } }
    return body(pointers)
  }

  /// A path's bytes, ended as in C; who gets it deallocates it.
  public static func copy(_ path: FilePath) -> UnsafeMutablePointer<CChar> {
    path.withPlatformString { string in
      let count = length(string) + 1
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: count)
      copy.initialize(from: string, count: count)
      return copy
    }
  }
}
