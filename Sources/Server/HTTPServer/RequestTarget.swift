import ByteStrings

/// The target of a request (RFC 9112, 3.2) in the one form that everything behind goes by: a path as it is routed, and the
/// query.
///
/// The checks of limits, key and origin and the router all see the same text; a target that could be read in two ways does
/// not exist on this server.
struct RequestTarget: Equatable {
  /// Path and query.
  let path: String

  /// Reads a target, which the codec has taken a scheme and a host off; nil for one that is not canonical.
  init?(_ target: String) {
    if target == "*" {
      path = target
      return
    }
    let rest = target[...]
    let end = rest.firstIndex(at: "?") ?? rest.endIndex
    let segments = rest[..<end].utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard rest.utf8.first == UInt8(ascii: "/"),
      rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
    else { return nil }
    for (index, segment) in segments.enumerated().dropFirst() {
      // The root has one, which is empty.
      if segment.isEmpty, index == 1, segments.count == 2 { continue }
      guard !segment.isEmpty, segment.last != UInt8(ascii: "."), segment.allSatisfy(Self.isPlain) else {
        return nil
      }
    }
    path = String(rest)
  }

  /// What a path of this server can have: no escapes, no parameters, nothing that a file system knows as a separator.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~+".utf8.contains(byte)
    }
  }
}
