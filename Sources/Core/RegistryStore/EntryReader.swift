import ByteStrings
import Git
import Registry

extension RegistryStore {
  /// An entry that has passed every check.
  struct CheckedEntry {
    let value: JSON
    /// The project, where it is one.
    fileprivate(set) var project: Project?
    fileprivate let bytes: [UInt8]

    /// Whether its bytes are those that this toolset writes for the value.
    var isCanonical: Bool { bytes.hasSameBytes(as: value.canonical) }
  }

  /// The value at a path, checked in full: right names and types, bounded, and the right id where an entry states
  /// its own.
  ///
  /// - Throws: an error whose text says what is wrong; nothing of unknown origin is used that did not pass here.
  func checkedJSON(_ blob: ObjectID, at path: EntryPath) throws -> JSON {
    try checkedEntry(blob, at: path).value
  }

  /// As ``checkedJSON(_:at:)``, with what else comes out of it. Of a file that this version does not know only the size is
  /// looked at.
  func checkedEntry(_ blob: ObjectID, at path: EntryPath) throws -> CheckedEntry {
    try Self.checkedEntry(blob, at: path, in: repository)
  }

  /// As ``checkedEntry(_:at:)``, of a registry's repository.
  static func checkedEntry(
    _ blob: ObjectID, at path: EntryPath, in repository: borrowing Repository
  ) throws -> CheckedEntry {
    if path == .format {
      guard try repository.blob(blob, limit: 64) == Array(format.utf8) else {
        throw EntryFault.foreignFormat
      }
      return CheckedEntry(value: .number("1"), bytes: JSON.number("1").canonical)
    }
    if path.kind == .unknown {
      try requireSize(of: blob, in: repository)
      return CheckedEntry(value: .null, bytes: JSON.null.canonical)
    }
    let bytes = try entryBytes(blob, in: repository)
    let value = try JSON.parse(bytes)
    var entry = CheckedEntry(value: value, bytes: bytes)
    entry.project = try check(value, at: path)
    return entry
  }

  /// Checks the value that is to stand at a path, and returns the project, where it is one.
  @discardableResult
  static func check(_ value: JSON, at path: EntryPath) throws -> Project? {
    switch path {
    case .format, .unknown: break
    case .project(let id):
      let project = try Project(json: value)
      guard project.id == id else { throw EntryFault.wrongProject(project.id, at: id) }
      guard ProjectID(ofIdentity: project.identity, hash: ObjectID.blobHash) == id else {
        throw EntryFault.notOfIdentity
      }
      return project
    case .machine(let id):
      let machine = try Machine(json: value)
      guard machine.id == id else { throw EntryFault.wrongMachine(machine.id, at: id) }
    case .checkout: _ = try Checkout(json: value)
    }
    return nil
  }
}
