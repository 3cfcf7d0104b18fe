import ByteStrings
import RegistryIndex

/// Something that the word at the cursor may become.
public struct Candidate: Equatable {
  private let source: Source

  /// Where its parts come from: for ten thousand projects it takes longer to copy than to find them, and bash shows no
  /// descriptions.
  private enum Source {
    case text(word: [UInt8], plain: [UInt8]?, description: [UInt8])
    /// A project by its name.
    case name(NamedProject)
    /// A project by its address, or where its name is none for a command line by the beginning of its id.
    case other(word: [UInt8], NamedProject)
    /// A project by the beginning of its id, described by its name.
    case id([UInt8], NamedProject)
  }

  /// A candidate; see its properties.
  public init(_ word: [UInt8], plain: [UInt8]? = nil, description: [UInt8] = []) {
    source = .text(word: word, plain: plain, description: description)
  }

  init(_ word: String, _ description: String) {
    self.init(Array(word.utf8), description: Array(description.utf8))
  }

  /// A project, by its name.
  init(_ project: NamedProject) { source = .name(project) }

  /// A project, by its address, or by the beginning of its id where its name is none for a command line.
  init(_ word: [UInt8], of project: NamedProject) { source = .other(word: word, project) }

  /// A project, by its id.
  init(id: [UInt8], of project: NamedProject) { source = .id(id, project) }

  /// The word's bytes, unquoted.
  public var word: [UInt8] {
    switch source {
    case .text(let word, _, _), .other(let word, _), .id(let word, _): word
    case .name(let project): project.name
    }
  }

  /// Hands on the word's bytes, unquoted, without a copy of them.
  public func withWord(_ body: (UnsafeRawBufferPointer) -> Void) {
    switch source {
    case .text(let word, _, _), .other(let word, _), .id(let word, _): word.withUnsafeBytes(body)
    case .name(let project): project.withName(body)
    }
  }

  /// A word that means the same and needs no quoting, for where this one cannot be written.
  public var plain: [UInt8]? {
    switch source {
    case .text(_, let plain, _): plain
    case .name(let project), .other(_, let project): Array(project.id.prefix(12))
    case .id: nil
    }
  }

  /// What it is, a few words for people.
  public var description: [UInt8] {
    var description: [UInt8] = []
    withDescription { description = Array($0) }
    return description
  }

  /// Hands on the bytes of what it is, a few words for people, without a copy of them.
  public func withDescription(_ body: (UnsafeRawBufferPointer) -> Void) {
    switch source {
    case .text(_, _, let description): description.withUnsafeBytes(body)
    case .name(let project), .other(_, let project):
      guard project.isHere else { return Array("not on this machine".utf8).withUnsafeBytes(body) }
      project.withPath { path, isPlain in
        isPlain ? body(path) : Self.visible(Array(path)).withUnsafeBytes(body)
      }
    case .id(_, let project): Self.visible(project.name).withUnsafeBytes(body)
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
