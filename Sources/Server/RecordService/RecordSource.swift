import Git
import Registry

/// The blobs of the registry that a record is made of.
struct RecordSource: Equatable, Sendable {
  let id: ProjectID
  var project: ObjectID
  var checkouts: [MachineID: ObjectID]
  /// The path that a client gave.
  var given: GivenPath
  /// What the record says in full where its entry has it cut.
  var whole = WholeTexts()
  /// The path that its checkouts suggest, where no client gave one.
  var suggested: String?
  /// What the project has in common with others of the same remote.
  var key: ProjectKey?

  /// The path that it lays claim to.
  var claim: (path: String, isGiven: Bool)? {
    switch given {
    case .nothing: suggested.map { ($0, false) }
    case .null: nil
    case .path(let path): (path, true)
    }
  }
}

/// What clients said of a record's path. It is the service's own value, and no part of the registry.
enum GivenPath: Equatable, Sendable {
  /// None has said anything.
  case nothing
  /// That it has none.
  case null
  /// This.
  case path(String)

  init(_ value: String?) { self = value.map { .path($0) } ?? .null }
}

/// The entries that a record stands for, decoded.
struct RecordEntries: Equatable, Sendable {
  var project: Project
  var checkouts: [MachineID: JSON]
}
