import ByteStrings

/// Something that the word at the cursor may become.
public struct Candidate: Equatable {
  /// The word's bytes, unquoted.
  public let word: [UInt8]
  /// A word that means the same and needs no quoting, for where this one cannot be written.
  public let plain: [UInt8]?
  private let note: Note

  /// What a description is made of: for ten thousand projects that takes as long as all the rest, and bash shows none.
  private enum Note: Equatable {
    case text([UInt8])
    case bytes([UInt8])
  }

  /// A candidate; see its properties.
  public init(_ word: [UInt8], plain: [UInt8]? = nil, description: [UInt8] = []) {
    self.word = word
    self.plain = plain
    note = .text(description)
  }

  init(_ word: String, _ description: String) {
    self.init(Array(word.utf8), description: Array(description.utf8))
  }

  /// One that is described by a path or a name, which may hold anything.
  init(_ word: [UInt8], plain: [UInt8]? = nil, describedBy bytes: [UInt8]) {
    self.word = word
    self.plain = plain
    note = .bytes(bytes)
  }

  /// What it is, a few words for people.
  public var description: [UInt8] {
    switch note {
    case .text(let text): text
    case .bytes(let bytes): Self.visible(bytes)
    }
  }

  private static func visible(_ bytes: [UInt8]) -> [UInt8] {
    let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    return isPlain ? bytes : Array(Quoting.visible(ByteText.string(from: bytes)).utf8)
  }
}
