import Git
import SystemSupport
import Registry
import RegistryReporting
import RegistryStore
import SystemPackage
import TestSupport
import Testing

/// The entry of a project, made up.
func madeUp(_ record: String, name: String, updated: Int64 = 1, by machine: MachineID) throws -> Project {
  Project(
    id: try #require(ProjectID(ofIdentity: record, hash: ObjectID.blobHash)), identity: record, name: name,
    created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: updated),
    updatedBy: machine)
}
