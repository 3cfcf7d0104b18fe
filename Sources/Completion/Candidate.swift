/// Something that the word at the cursor may become.
public struct Candidate: Equatable {
  /// The word's bytes, unquoted.
  public let word: [UInt8]
  /// A word that means the same and needs no quoting, for where this one cannot be written.
  public let plain: [UInt8]?
  /// What it is, a few words for people.
  public let description: [UInt8]

  /// A candidate; see its properties.
  public init(_ word: [UInt8], plain: [UInt8]? = nil, description: [UInt8] = []) {
    self.word = word
    self.plain = plain
    self.description = description
  }

  init(_ word: String, _ description: String) {
    self.init(Array(word.utf8), description: Array(description.utf8))
  }
}
