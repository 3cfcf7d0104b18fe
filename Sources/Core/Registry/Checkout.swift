import ByteStrings
public import SystemPackage

/// One place where a project is on a machine.
public struct CheckoutPath: Hashable, Sendable {
  /// What stands there.
  public enum Kind: String, NamedValue {
    /// The repository with its work tree.
    case main
    /// A linked worktree.
    case worktree
    /// A bare repository.
    case bare
  }

  /// Where it is: absolute, without `.`, `..` and doubled slashes.
  public let path: FilePath
  /// What was there when the path was recorded.
  public let kind: Kind
  /// What newer versions, or other tools, wrote beside; kept as it is.
  public let unknown: JSON.Members

  /// A place; the path must be absolute and is normalised lexically.
  public init(path: FilePath, kind: Kind, unknown: JSON.Members = [:]) {
    self.path = path.lexicallyNormalized()
    self.kind = kind
    self.unknown = unknown
  }

  /// A place whose path is known to be normal.
  fileprivate init(normal path: FilePath, kind: Kind, unknown: JSON.Members) {
    self.path = path
    self.kind = kind
    self.unknown = unknown
  }

  /// Hashes what tells one place from another.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(kind)
  }

  fileprivate var json: JSON {
    var members = unknown
    members["path"] = .string(path.storedText)
    members["kind"] = .string(kind.rawValue)
    return .object(members)
  }
}

/// Where a project is on one machine: the file `machines/<M>/checkouts/<aa>/<38 digits>.json`.
public struct Checkout: Equatable, Sendable {
  /// The places: sorted by the path's bytes, each path once; where one comes twice the later wins.
  public var paths: [CheckoutPath] { didSet { paths = Self.ordered(paths) } }
  /// The repository's remotes: name to ``RemoteURL/stored`` text.
  public var remotes: ByteKeyed<String>
  /// What newer versions, or other tools, wrote beside; kept as it is.
  public var unknown: JSON.Members

  /// A checkout; `paths` are sorted and unique.
  public init(paths: [CheckoutPath], remotes: ByteKeyed<String> = [:], unknown: JSON.Members = [:]) {
    self.paths = Self.ordered(paths)
    self.remotes = remotes
    self.unknown = unknown
  }

  /// The place that was here first, where it is not the one that would stand first by its kind and its path: another
  /// clone of the same project that turns up later does not take its place.
  public var first: FilePath? {
    get { unknown["first"]?.string.flatMap { FilePath(storedText: $0) } }
    set { unknown["first"] = newValue.map { .string($0.storedText) } }
  }

  /// What the `.dev-infra.yml` here says, of the fields where that is not, or was not once, what the registry says: values
  /// by their keys in an entry, null for a field that it empties.
  ///
  /// Machines tell each other by it where their files disagree; see ``Project/seen(from:)``.
  public var declared: JSON.Members {
    get { unknown["declared"]?.object ?? [:] }
    set { unknown["declared"] = newValue.isEmpty ? nil : .object(newValue) }
  }

  /// The default branch as it was last read here: what another machine read does not count as a change.
  public var defaultBranch: String? {
    get { unknown["default_branch"]?.string }
    set { unknown["default_branch"] = newValue.map { .string($0) } }
  }

  /// The places in the order in which they count: ``first``, then work trees with their repository, linked worktrees and
  /// bare repositories, each by the path's bytes.
  public var ranked: [CheckoutPath] {
    guard paths.count > 1 else { return paths }
    let first = first
    func rank(_ place: CheckoutPath) -> Int {
      if place.path == first { return 0 }
      return switch place.kind {
      case .main: 1
      case .worktree: 2
      case .bare: 3
      }
    }
    return (1...3).reduce(paths.filter { rank($0) == 0 }) { ranked, level in
      ranked + paths.filter { rank($0) == level }
    }
  }

  private static func ordered(_ paths: [CheckoutPath]) -> [CheckoutPath] {
    guard paths.count > 1 else { return paths }
    let unique = Dictionary(paths.map { ($0.path, $0) }) { _, later in later }
    return unique.values.map { ($0.path.pathBytes, $0) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(
      \.1)
  }

  /// What it has besides the keys that this version knows.
  public var carried: JSON.Members {
    var members = unknown
    for key in ["first", "declared", "default_branch"] { members[key] = nil }
    return members
  }

  /// Whether both are written with the same bytes.
  public static func == (left: Checkout, right: Checkout) -> Bool { left.json == right.json }
}

extension Checkout {
  /// Reads an entry: at least one path, all absolute, URLs by the rules of ``RemoteURL``.
  ///
  /// - Parameter urls: what is known of its URLs.
  /// - Throws: ``InvalidEntry`` with the first thing that is wrong.
  public init(json: JSON, _ urls: ReadURLs = ReadURLs()) throws(InvalidEntry) {
    var reader = try EntryReader(json)
    guard let items = reader.value("paths")?.array, (1...Limits.places).contains(items.count) else {
      throw InvalidEntry("paths", .pathCount)
    }
    var paths: [CheckoutPath] = []
    for item in items { paths.append(try Self.path(item)) }
    var remotes: ByteKeyed<String> = [:]
    if let value = reader.value("remotes") {
      guard let members = value.object, members.count <= Limits.places else {
        throw InvalidEntry("remotes", .remoteCount)
      }
      for (name, value) in members {
        guard !name.isEmpty, name.unicodeScalars.count <= Limits.name, !name.holdsControl else {
          throw InvalidEntry("remotes", .remoteName(name))
        }
        guard let text = value.string else {
          throw InvalidEntry("remotes", .remoteNotAString(name))
        }
        try urls.check(text, key: "remote \(Quoting.visible(name))")
        remotes[name] = text
      }
    }
    let first = try reader.path("first")
    var unknown = try reader.rest()
    if let declared = unknown["declared"], declared.object == nil {
      throw InvalidEntry("declared", .notAnObject)
    }
    if let first {
      guard FilePath(storedText: first) != nil else {
        throw InvalidEntry("first", .not(.path, first))
      }
      unknown["first"] = .string(first)
    }
    self.init(paths: paths, remotes: remotes, unknown: unknown)
    guard self.paths.count == items.count else { throw InvalidEntry("paths", .pathTwice) }
  }

  private static func path(_ item: JSON) throws(InvalidEntry) -> CheckoutPath {
    guard item.object != nil, let text = item["path"]?.string, let word = item["kind"]?.string else {
      throw InvalidEntry("paths", .pathNotAnObject)
    }
    var reader = try EntryReader(item)
    for key in ["path", "kind"] { _ = reader.value(key) }
    guard let kind = CheckoutPath.Kind(rawValue: word) else {
      throw InvalidEntry("paths", .pathKind(word))
    }
    let path: FilePath
    if text.utf8.count <= Limits.path, FilePath.isPlain(text) {
      path = FilePath(text)
    } else {
      guard let read = FilePath(storedText: text), read.isAbsolute, read.lexicallyNormalized() == read,
        read.pathBytes.count <= Limits.path
      else {
        throw InvalidEntry("paths", .pathForm(text))
      }
      path = read
    }
    return CheckoutPath(normal: path, kind: kind, unknown: try reader.rest())
  }

  /// The entry.
  public var json: JSON {
    var members = unknown
    members["paths"] = .array(paths.map(\.json))
    members["remotes"] = .object(remotes.mapValues { .string($0) })
    return .object(members)
  }
}
