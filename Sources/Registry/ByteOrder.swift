// Swift compares strings by canonical equivalence: "é" as one scalar equals "e" and an accent. What is stored is
// bytes, and two machines must agree on them, so whatever decides about stored text compares bytes.

extension String {
  /// Whether both have the same UTF-8 bytes.
  func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// The order of the UTF-8 bytes, which is also that of the scalars.
  static func byBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

extension Sequence<String> {
  /// Sorted by bytes, each byte sequence once.
  func sortedUniqueByBytes() -> [String] {
    var result: [String] = []
    for text in sorted(by: String.byBytes) where result.last?.hasSameBytes(as: text) != true {
      result.append(text)
    }
    return result
  }
}

extension Unicode.Scalar {
  /// C0 controls, DEL and C1 controls.
  var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

extension StringProtocol {
  /// Whether a control character is in it.
  var holdsControl: Bool { unicodeScalars.contains { $0.isControl } }
}
