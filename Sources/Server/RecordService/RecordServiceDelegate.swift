public import Registry
public import RegistryStore
public import SystemPackage

/// Receives the notices of a registry's records, and those of the registry itself.
public protocol RecordServiceDelegate: RegistryDelegate {
  /// Something is worth knowing; the service goes on.
  func note(_ notice: RecordServiceNotice)
}

/// What the records of a registry came upon.
public enum RecordServiceNotice: Sendable {
  /// An entry cannot be read, and its record is left out.
  case leftOut(EntryPath, any Error)
  /// A text of a record is too long for the registry, which has it cut; the record keeps all of it.
  case cut(RecordField, record: Int)
  /// Lines of the journal of numbers cannot be read; the file as it was is kept as `copy`.
  case damagedJournal(FilePath, lines: Int, copy: FilePath)
}

/// Why the records of a registry cannot be served.
public enum RecordServiceError: Error, Equatable, Sendable {
  /// Another daemon serves the registry.
  case servedByAnother(registry: FilePath)
  /// The registry that was served is not in its place any more.
  case registryGone(FilePath)
}
