package import Git
import SystemSupport
import Registry
import RegistryIndex
public import SystemPackage

extension RegistryStore {
  /// Makes a registry at `directory`, whole or not at all: it is made beside its place and then moved there.
  ///
  /// - Parameters:
  ///   - name: what this machine is called; nil for the host's name.
  ///   - finish: what else has to succeed before it is put in its place, given where it is being made.
  public static func create(
    at directory: FilePath, name: String?, finishing finish: (FilePath) throws -> Void = { _ in }
  ) throws {
    let early = EarlyTemplates(in: directory)
    let directory = early?.directory ?? directory
    guard directory.lastComponent != nil else {
      throw RegistryStoreError.isRootDirectory(directory)
    }
    let parent = directory.removingLastComponent()
    try Files.makeDirectory(parent)
    RegistryStaging.clearLeft(beside: directory)
    let making = try RegistryStaging(beside: directory)
    let scratch = making.directory
    defer { _ = making.isHeld }
    do {
      try fill(scratch, name: name ?? Host.name)
      try finish(scratch)
      try early?.copy(into: scratch)
      // libgit2 waits for the disk with objects and references only: HEAD or the settings could be empty after a power
      // cut, and all that was acknowledged until then out of reach.
      if LibGit2.isDurable { try Files.synchronizeTree(scratch) }
      if let early {
        try early.give(place: { try move(scratch, to: directory) })
      } else {
        try move(scratch, to: directory)
      }
      if LibGit2.isDurable { try Files.synchronize(parent) }
    } catch {
      try? Files.removeTree(scratch)
      throw error
    }
  }

  private static func fill(_ directory: FilePath, name: String) throws {
    let repository = try Repository.initializeBare(at: directory)
    // git and dev-infra maintain the registry only when asked, under its lock.
    _ = try LocalMachine.make(in: repository, name: name, with: [.set("gc.auto", to: "0")])
    let root = try writeFirstCommit(to: repository)
    try repository.updateReference(mainReference, to: root, expecting: nil, message: "create")
  }

  /// Writes the commit that every registry begins with: two that were made apart have it in common when they meet.
  package static func writeFirstCommit(to repository: borrowing Repository) throws -> ObjectID {
    let format = TreeEntry(
      name: Array("format".utf8), mode: TreeEntry.file, id: try repository.writeBlob(Array(Self.format.utf8)))
    let nobody = Signature(name: "dev-infra", email: "dev-infra@localhost", seconds: 0, offsetMinutes: 0)
    return try repository.writeCommit(
      tree: repository.writeTree([format]), parents: [], author: nobody, committer: nobody,
      message: "Create the registry\n")
  }

  /// Whether a registry is made at `directory` without being asked for: nothing is there, or only the user's templates.
  public static func mayBeMade(at directory: FilePath) -> Bool {
    Files.kind(of: directory) == nil || EarlyTemplates(in: directory) != nil
  }

  /// Moves the finished registry to its place, which is free or an empty directory.
  private static func move(_ scratch: FilePath, to directory: FilePath) throws {
    if Files.rename(scratch, to: directory) { return }
    let error = SystemError("making a registry at", directory.visible)
    // Another command may have been faster: then its registry is as good as this one.
    if error.code == .directoryNotEmpty || error.code == .fileExists,
      try ViewFile(registry: directory).exists()
    {
      return try Files.removeTree(scratch)
    }
    if error.code == .directoryNotEmpty || error.code == .fileExists {
      throw RegistryStoreError.notEmpty(directory)
    }
    throw error
  }
}
