public import SystemPackage

/// A machine that takes part: the file `machines/<M>/machine.json`, written by that machine only.
public struct Machine: Equatable, Sendable {
  /// The `<M>` of the file's place, which the entry repeats.
  public var id: MachineID
  /// What people call it; 1 to 200 scalars.
  public var name: String
  /// What runs on it, `Linux x86_64`.
  public var system: String
  /// When it joined.
  public var firstSeen: Timestamp
  /// The user's home directory on it, absolute, as `FilePath.storedText` writes it; nil where an older version wrote.
  public var home: FilePath?
  /// What newer versions, or other tools, wrote beside; kept as it is.
  public var unknown: JSON.Members

  /// A machine.
  public init(
    id: MachineID, name: String, system: String, firstSeen: Timestamp, home: FilePath? = nil,
    unknown: JSON.Members = [:]
  ) {
    self.id = id
    self.name = name
    self.system = system
    self.firstSeen = firstSeen
    self.home = home
    self.unknown = unknown
  }

  /// Reads an entry.
  ///
  /// - Throws: ``InvalidEntry`` with the first thing that is wrong.
  public init(json: JSON) throws(InvalidEntry) {
    var reader = try EntryReader(json)
    id = try reader.required("id", as: .machineID) { MachineID($0) }
    name = try reader.required("name", scalars: Limits.name)
    guard !name.isEmpty else { throw InvalidEntry("name", .empty) }
    system = try reader.required("system", scalars: Limits.name)
    firstSeen = try reader.required("first_seen", as: .time) { Timestamp($0) }
    if let value = reader.value("home") {
      guard let text = value.string, text.utf8.count <= Limits.path, let path = FilePath(storedText: text),
        path.isAbsolute
      else { throw InvalidEntry("home", .not(.absolutePath)) }
      home = path
    }
    unknown = try reader.rest()
  }

  /// The entry.
  public var json: JSON {
    var members = unknown
    members["id"] = .string(id.hex)
    members["name"] = .string(name)
    members["system"] = .string(system)
    members["first_seen"] = .string(firstSeen.description)
    if let home { members["home"] = .string(home.storedText) }
    return .object(members)
  }

  /// Whether both are written with the same bytes.
  public static func == (left: Machine, right: Machine) -> Bool { left.json == right.json }
}
