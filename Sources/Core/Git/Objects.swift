import CGit2

/// The four kinds of git objects.
public enum ObjectKind: String, Sendable, Hashable {
  /// A point in history: a tree, parents and a message.
  case commit
  /// A directory: names with modes and object ids.
  case tree
  /// A file's bytes.
  case blob
  /// An annotated tag.
  case tag

  init?(_ raw: git_object_t) {
    switch raw {
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_BLOB: self = .blob
    case GIT_OBJECT_TAG: self = .tag
    default: return nil
    }
  }

  var raw: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    case .tag: GIT_OBJECT_TAG
    }
  }
}

/// What an object is, as far as is known without loading it.
public struct ObjectHeader: Sendable, Hashable {
  /// What the object is, as its header in the store says.
  public let kind: ObjectKind
  /// Its size in bytes, uncompressed.
  public let size: Int

  package init(kind: ObjectKind, size: Int) {
    self.kind = kind
    self.size = size
  }
}

/// One entry of a tree.
public struct TreeEntry: Sendable, Hashable {
  /// The name: bytes without slash and NUL, not necessarily UTF-8.
  public var name: [UInt8]
  /// The mode, as in git: 0o100644, 0o100755, 0o120000, 0o040000, 0o160000.
  public var mode: UInt32
  /// What the name stands for: a blob, a tree, or the commit of a submodule.
  public var id: ObjectID

  /// The mode of a regular file.
  public static let file: UInt32 = 0o100644
  /// The mode of a directory.
  public static let directory: UInt32 = 0o040000

  /// An entry; it is checked only when a tree with it is written.
  public init(name: [UInt8], mode: UInt32, id: ObjectID) {
    self.name = name
    self.mode = mode
    self.id = id
  }

  /// An entry whose name is text.
  public init(name: String, mode: UInt32, id: ObjectID) {
    self.init(name: Array(name.utf8), mode: mode, id: id)
  }

  /// Whether the entry is a directory.
  public var isTree: Bool { mode & 0o170000 == 0o040000 }
}

/// Who did something, and when.
public struct Signature: Sendable, Hashable {
  /// The name; ``ByteText`` where it is not UTF-8.
  public let name: String
  /// The e-mail address, without the angle brackets; ``ByteText`` where it is not UTF-8.
  public let email: String
  /// Seconds since 1970-01-01T00:00:00Z.
  public let seconds: Int64
  /// The time zone, in minutes east of UTC.
  public let offsetMinutes: Int

  /// A signature. What git would drop from a name or an address (`<`, `>`, control characters, and crud such as
  /// dots and quotes at the ends) is dropped, and what is empty then becomes `unknown`: libgit2
  /// takes no commit without.
  public init(name: String, email: String, seconds: Int64, offsetMinutes: Int) {
    let name = Self.clean(name)
    self.name = name.isEmpty ? "unknown" : name
    let email = Self.clean(email)
    self.email = email.isEmpty ? "unknown" : email
    self.seconds = seconds
    self.offsetMinutes = offsetMinutes
  }

  /// As it stands in a commit that was read.
  init(verbatimName name: String, email: String, seconds: Int64, offsetMinutes: Int) {
    self.name = name
    self.email = email
    self.seconds = seconds
    self.offsetMinutes = offsetMinutes
  }

  private static func clean(_ text: String) -> String {
    func isCrud(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value <= 32 || ".,:;<>\"\\'".unicodeScalars.contains(scalar)
    }
    var scalars = text.unicodeScalars.filter { $0.value >= 32 && $0 != "<" && $0 != ">" }[...]
    while let first = scalars.first, isCrud(first) { scalars.removeFirst() }
    while let last = scalars.last, isCrud(last) { scalars.removeLast() }
    return String(String.UnicodeScalarView(scalars))
  }
}

/// A commit as it was read, see ``Repository/commit(_:)``.
public struct Commit: Sendable, Hashable {
  /// The root directory of the files that it records.
  public let tree: ObjectID
  /// Its parents, the first first.
  public let parents: [ObjectID]
  /// Who made the change.
  public let author: Signature
  /// Who recorded it.
  public let committer: Signature
  /// What was said about it; ``ByteText`` where it is not UTF-8.
  public let message: String
}
