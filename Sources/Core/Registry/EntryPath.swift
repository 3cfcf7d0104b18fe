import ByteStrings

/// The place of a file in the registry's tree.
public enum EntryPath: Hashable, Sendable, CustomStringConvertible {
  /// `projects/<aa>/<38 digits>.json`
  case project(ProjectID)
  /// `machines/<machine>/machine.json`
  case machine(MachineID)
  /// `machines/<machine>/checkouts/<aa>/<38 digits>.json`
  case checkout(MachineID, ProjectID)
  /// `format`
  case format
  /// A name that this version does not know.
  case unknown(UnknownPath)

  /// What such a file holds.
  public enum Kind: Hashable, Sendable {
    /// A ``Project``.
    case project
    /// A ``Machine``.
    case machine
    /// A ``Checkout``.
    case checkout
    /// The number of the format.
    case format
    /// Bytes of whatever form.
    case unknown
  }

  /// What the file holds.
  public var kind: Kind {
    switch self {
    case .project: .project
    case .machine: .machine
    case .checkout: .checkout
    case .format: .format
    case .unknown: .unknown
    }
  }

  /// The machine below whose name the file stands, and which alone writes it; nil for what all share.
  public var owner: MachineID? {
    switch self {
    case .machine(let machine), .checkout(let machine, _): machine
    case .unknown(let place): place.owner
    case .project, .format: nil
    }
  }

  /// The place that `path` names; nil for any that this version does not know.
  public init?(_ path: some StringProtocol) { self.init(bytes: Array(path.utf8)) }

  /// ``init(_:)`` from the path's bytes.
  public init?(bytes path: [UInt8]) {
    if path.elementsEqual("format".utf8) {
      self = .format
      return
    }
    if path.starts(with: "projects/".utf8) {
      guard let id = Self.project(path[9...]) else { return nil }
      self = .project(id)
      return
    }
    guard path.starts(with: "machines/".utf8), path.count > 26, path[25] == UInt8(ascii: "/"),
      let machine = MachineID(hexBytes: path[9..<25])
    else { return nil }
    let rest = path[26...]
    if rest.elementsEqual("machine.json".utf8) {
      self = .machine(machine)
      return
    }
    guard rest.starts(with: "checkouts/".utf8), let id = Self.project(rest.dropFirst(10)) else { return nil }
    self = .checkout(machine, id)
  }

  /// The place of a file that this version does not know; nil where a name on the way is not well-formed.
  public static func unknown(path: [UInt8]) -> EntryPath? {
    let names = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
    guard EntryPath(bytes: path) == nil else { return nil }
    let isOwned = names.count > 2 && names[0].elementsEqual("machines".utf8)
    return UnknownPath(names, owner: isOwned ? MachineID(hexBytes: names[1][...]) : nil).map { .unknown($0) }
  }

  /// The id of the file `<38 digits>.json` in the directory of these two digits; nil for any other name.
  ///
  /// - Parameter directory: as text, and nothing generic: from another module each digit would be asked for through a witness.
  package static func project(in directory: String, file: [UInt8]) -> ProjectID? {
    let directory = directory.utf8
    guard directory.count == 2, file.count == 43, file.suffix(5).elementsEqual(".json".utf8) else {
      return nil
    }
    return ProjectID(hexBytes: directory, file.prefix(38))
  }

  /// The id of `<aa>/<38 digits>.json`.
  private static func project(_ name: ArraySlice<UInt8>) -> ProjectID? {
    guard name.count == 46, name[name.startIndex + 2] == UInt8(ascii: "/"),
      name.suffix(5).elementsEqual(".json".utf8)
    else { return nil }
    return ProjectID(hexBytes: name.prefix(2), name.dropFirst(3).prefix(38))
  }

  /// The path in the tree.
  public var path: String { names.joined(separator: "/") }

  /// The names that lead there, of the directories and of the file.
  public var names: [String] { (0..<depth).map { name(at: $0) } }

  /// How many names lead there.
  public var depth: Int {
    switch self {
    case .project, .machine: 3
    case .checkout: 5
    case .format: 1
    case .unknown(let place): place.path.utf8.count { $0 == UInt8(ascii: "/") } + 1
    }
  }

  /// One of ``names``: of many paths all of them would take more memory than the paths.
  public func name(at depth: Int) -> String {
    switch self {
    case .project(let id): depth == 0 ? "projects" : Self.name(of: id, isFile: depth == 2)
    case .machine(let machine): depth == 0 ? "machines" : depth == 1 ? machine.hex : "machine.json"
    case .checkout(let machine, let id):
      switch depth {
      case 0: "machines"
      case 1: machine.hex
      case 2: "checkouts"
      default: Self.name(of: id, isFile: depth == 4)
      }
    case .format: "format"
    case .unknown(let place): String(place.path.split(at: "/")[depth])
    }
  }

  /// Whether the first `count` names that lead to both are the same.
  public func sharesNames(_ count: Int, with other: EntryPath) -> Bool {
    switch (self, other) {
    case (.project(let id), .project(let other)):
      count < 2 || (count == 2 ? id.firstByte == other.firstByte : id == other)
    case (.checkout(let machine, let id), .checkout(let otherMachine, let other)):
      count < 2
        || machine == otherMachine
          && (count == 3 || count == 2 || (count == 4 ? id.firstByte == other.firstByte : id == other))
    default: names.prefix(count) == other.names.prefix(count)
    }
  }

  private static func name(of id: ProjectID, isFile: Bool) -> String {
    let hex = id.hex
    return isFile ? hex.dropFirst(2) + ".json" : String(hex.prefix(2))
  }

  /// The path in the tree.
  public var description: String { path }
}

extension EntryPath: Comparable {
  /// The order of the paths' bytes; of most entries without writing the paths.
  public static func < (left: EntryPath, right: EntryPath) -> Bool {
    switch (left, right) {
    case (.project(let left), .project(let right)): left < right
    case (.checkout(let machine, let left), .checkout(let other, let right)):
      (machine, left) < (other, right)
    // What is said of machines stands before the projects.
    case (.checkout, .project): true
    case (.project, .checkout): false
    default: String.byBytes(left.path, right.path)
    }
  }
}
