import ByteStrings
import RegistryIndex

/// Something that the word at the cursor may become.
public struct Candidate: Equatable {
  /// The word's bytes, unquoted.
  public let word: [UInt8]
  private let source: Source

  /// Where the rest comes from: for ten thousand projects it takes longer to make than their names, and bash shows no descriptions.
  private enum Source {
    case text(plain: [UInt8]?, description: [UInt8])
    /// A project by its name or address, described by where it is.
    case place(NamedProject)
    /// A project by its id, described by its name.
    case name(NamedProject)
  }

  /// A candidate; see its properties.
  public init(_ word: [UInt8], plain: [UInt8]? = nil, description: [UInt8] = []) {
    self.word = word
    source = .text(plain: plain, description: description)
  }

  init(_ word: String, _ description: String) {
    self.init(Array(word.utf8), description: Array(description.utf8))
  }

  /// A project, by its name or its address.
  init(_ word: [UInt8], of project: NamedProject) {
    self.word = word
    source = .place(project)
  }

  /// A project, by its id.
  init(id: [UInt8], of project: NamedProject) {
    word = id
    source = .name(project)
  }

  /// A word that means the same and needs no quoting, for where this one cannot be written.
  public var plain: [UInt8]? {
    switch source {
    case .text(let plain, _): plain
    case .place(let project): Array(project.id.prefix(12))
    case .name: nil
    }
  }

  /// What it is, a few words for people.
  public var description: [UInt8] {
    switch source {
    case .text(_, let description): description
    case .place(let project):
      project.path.map { project.isPathPlain ? $0 : Self.visible($0) } ?? Array("not on this machine".utf8)
    case .name(let project): Self.visible(project.name)
    }
  }

  private static func visible(_ bytes: [UInt8]) -> [UInt8] {
    let isPlain = bytes.withUnsafeBufferPointer {
      $0.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }
    return isPlain ? bytes : Array(Quoting.visible(ByteText.string(from: bytes)).utf8)
  }

  /// Whether both are written and described alike.
  public static func == (left: Candidate, right: Candidate) -> Bool {
    left.word == right.word && left.plain == right.plain && left.description == right.description
  }
}
