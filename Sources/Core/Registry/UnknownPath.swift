import ByteStrings

/// The place of a file whose name this version does not know: one that a newer version wrote, or a person.
///
/// Such a file is carried along as it is. So that this is safe with what comes from anywhere, its name is held to a rule that
/// newer versions keep as well: ASCII alone, so that there is one spelling of a name, on every file system; nothing that
/// git, a shell or a person takes for something else.
public struct UnknownPath: Hashable, Sendable {
  /// The path in the tree.
  public let path: String
  /// The machine below whose name the file stands, and which alone writes it; nil for what all share.
  public let owner: MachineID?

  /// Names of a path at most.
  public static let depth = 8
  /// Bytes of a name at most.
  public static let nameLength = 100
  /// Files of such names that one side of a merge may have added at most.
  public static let count = 10_000

  /// The place that these names lead to; nil where one of them is not well-formed, or they are too many.
  ///
  /// - Parameters:
  ///   - names: from the root of the tree on.
  ///   - owner: the machine below whose name it is.
  public init?(_ names: [[UInt8]], owner: MachineID?) {
    guard (1...Self.depth).contains(names.count), names.allSatisfy({ Self.fault(ofName: $0) == nil })
    else {
      return nil
    }
    path = names.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    self.owner = owner
  }

  /// The same place below another machine's name; nil for one that is below none.
  public func moved(to machine: MachineID) -> UnknownPath? {
    guard let owner else { return nil }
    let former = "machines/\(owner)/"
    guard path.begins(with: former) else { return nil }
    let names = "machines/\(machine)/\(path.dropFirst(former.count))".split(at: "/").map {
      Array($0.utf8)
    }
    return UnknownPath(names, owner: machine)
  }

  /// What is wrong with a name of a tree.
  public enum NameFault: Equatable, Sendable {
    /// It is empty, or has more characters than this.
    case length(limit: Int)
    /// It begins with something other than a letter or a digit.
    case beginning
    /// It is one of git's own, and would make the directory look like a repository.
    case gitsOwn
    /// It has other characters than letters and digits of ASCII and these.
    case characters(allowed: String)
  }

  /// What is wrong with a name; nil for one that is well-formed.
  public static func fault(ofName name: [UInt8]) -> NameFault? {
    guard let first = name.first, name.count <= nameLength else { return .length(limit: nameLength) }
    guard isLetterOrDigit(first) || first == UInt8(ascii: "_") else { return .beginning }
    if gitNames.contains(String(decoding: name, as: UTF8.self).lowercased()) { return .gitsOwn }
    return name.allSatisfy { isLetterOrDigit($0) || punctuation.contains($0) }
      ? nil : .characters(allowed: String(decoding: punctuation, as: UTF8.self))
  }

  /// git takes a directory that has these for a repository, and does what its configuration says, also where it is part of
  /// somebody's work tree.
  private static let gitNames: Set = ["head", "config", "objects", "refs", "hooks", "commondir", "gitdir"]

  private static let punctuation = Array("._-+@,=".utf8)

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }
}
