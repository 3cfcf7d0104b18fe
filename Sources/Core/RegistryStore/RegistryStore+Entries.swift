public import Git
public import SystemSupport
public import Registry
public import SystemPackage

/// A file of the registry that is not the same at two commits.
public struct EntryChange: Sendable {
  /// Its place.
  public let path: EntryPath
  /// The blob at the later commit; nil where it is not there any more.
  public let blob: ObjectID?
}

/// Reading entries blob by blob, for what keeps them in memory and follows main.
extension RegistryStore {
  /// What differs between two commits. What does not belong to a registry is left out.
  ///
  /// - Parameter old: nil for the empty registry.
  public func entryChanges(from old: ObjectID?, to new: ObjectID) throws -> [EntryChange] {
    try changes(from: old, to: new).changes.map { EntryChange(path: $0.path, blob: $0.new) }
  }

  /// The value of a blob, checked for the place where it stands.
  ///
  /// - Throws: an error whose text says what is wrong with it.
  public func value(of blob: ObjectID, at path: EntryPath) throws -> JSON {
    try checkedJSON(blob, at: path)
  }

  /// As ``value(of:at:)``, of a registry's repository.
  package static func value(
    of blob: ObjectID, at path: EntryPath, in repository: borrowing Repository
  ) throws -> JSON {
    try checkedEntry(blob, at: path, in: repository).value
  }

  /// The project of a blob, checked as ``value(of:at:)`` does it.
  public func project(of blob: ObjectID, _ id: ProjectID) throws -> Project {
    try Self.project(of: blob, id, in: repository)
  }

  /// As ``project(of:_:)``, of a registry's repository.
  package static func project(
    of blob: ObjectID, _ id: ProjectID, in repository: borrowing Repository
  ) throws -> Project {
    guard let project = try checkedEntry(blob, at: .project(id), in: repository).project else {
      preconditionFailure("the entry of a project is none")
    }
    return project
  }

  /// The entry of this machine where a commit lacks it; every commit of this machine brings it along.
  public func ownEntry(in base: ObjectID) throws -> [EntryPath: JSON] { try machineEntry(in: base) }

  /// Whether the registry has this commit.
  public func has(commit: ObjectID) throws -> Bool { try repository.header(of: commit)?.kind == .commit }

  /// What tells the packs that are there now from those at another time.
  public static func packs(of directory: FilePath) -> FileVersion {
    FileVersion(of: directory.pushing("objects/pack"))
  }
}
