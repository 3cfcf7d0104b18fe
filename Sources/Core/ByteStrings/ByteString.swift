// Swift compares strings by canonical equivalence: "é" as one scalar equals "e" and an accent. git, file systems and what
// is stored compare bytes, and two machines must agree, so whatever decides about a name, a path, a tag or a key does too.

/// Text as git and the file system compare it: two are equal where their UTF-8 bytes are.
///
/// For keys of dictionaries and members of sets, where `String` would take two spellings of a letter for one.
public struct ByteString: Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
  /// The text.
  public let text: String

  /// The bytes of a text.
  public init(_ text: String) { self.text = text }

  /// The bytes of a literal.
  public init(stringLiteral text: String) { self.text = text }

  /// Whether both have the same bytes.
  public static func == (left: ByteString, right: ByteString) -> Bool {
    left.text.hasSameBytes(as: right.text)
  }

  /// The order of the bytes.
  public static func < (left: ByteString, right: ByteString) -> Bool { String.byBytes(left.text, right.text) }

  /// Feeds the bytes, and not the scalars of a normal form.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Whether both have the same UTF-8 bytes.
  @inlinable
  public func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && holdsSameBytes(as: other)
  }

  @usableFromInline
  func holdsSameBytes(as other: String) -> Bool {
    // The views of a string ask at each byte how it is stored.
    var (left, right) = (self, other)
    return left.withUTF8 { left in
      right.withUTF8 { ByteComparison.areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer($0)) }
    }
  }

  /// The order of the UTF-8 bytes, which is also that of the scalars.
  @inlinable
  public static func byBytes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { left in right.withUTF8 { left.lexicographicallyPrecedes($0) } }
  }
}

extension Sequence<String> {
  /// Sorted by bytes, each byte sequence once.
  public func sortedUniqueByBytes() -> [String] {
    let all = Array(self)
    if zip(all, all.dropFirst()).allSatisfy(String.byBytes) { return all }
    var result: [String] = []
    for text in all.sorted(by: String.byBytes) where result.last?.hasSameBytes(as: text) != true {
      result.append(text)
    }
    return result
  }

  /// Whether one of them has the bytes of `text`.
  public func containsBytes(of text: String) -> Bool { contains { $0.hasSameBytes(as: text) } }
}
