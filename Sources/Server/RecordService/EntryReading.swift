import Git
import Registry
import RegistryStore

/// What came of reading the entries of a project.
struct EntryReading: Sendable {
  let source: RecordSource
  let project: Result<Project, any Error>
  let checkouts: [MachineID: Result<JSON, any Error>]

  /// Reads them.
  init(_ source: RecordSource, in repository: borrowing Repository) {
    self.source = source
    project = Result { try RegistryStore.project(of: source.project, source.id, in: repository) }
    var checkouts: [MachineID: Result<JSON, any Error>] = [:]
    for (machine, blob) in source.checkouts {
      checkouts[machine] = Result {
        try RegistryStore.value(of: blob, at: .checkout(machine, source.id), in: repository)
      }
    }
    self.checkouts = checkouts
  }

  /// All of them.
  ///
  /// - Throws: what one of them could not be read for.
  func entries() throws -> RecordEntries {
    RecordEntries(project: try project.get(), checkouts: try checkouts.mapValues { try $0.get() })
  }
}
