import Glibc

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
}
