import Git
import SystemSupport
import Registry
import RegistryReporting
import RegistryStore
import SystemPackage
import TestSupport
import Testing

extension Scratch {
  /// A new directory with a registry in it.
  init(machine: String) throws {
    try self.init()
    try RegistryStore.create(at: registry, name: machine)
  }

  var registry: FilePath { path.appending("registry") }

  func open() throws -> RegistryStore { try RegistryStore.open(registry) }
}

/// The entry of a project, made up.
func madeUp(_ record: String, name: String, updated: Int64 = 1, by machine: MachineID) throws -> Project {
  Project(
    id: try #require(ProjectID(ofIdentity: record, hash: ObjectID.blobHash)), identity: record, name: name,
    created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: updated),
    updatedBy: machine)
}
