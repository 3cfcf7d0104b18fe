public import Registry

/// Something that should hold for a registry and does not.
public enum VerificationFinding: Sendable {
  /// The commit is not a registry's, or of a format that is not known.
  case notARegistry(any Error)
  /// Something in the tree is not part of a registry: where, shown as it is to be printed, and what is wrong with it.
  case misplaced(path: String, MisplacedFile)
  /// The entry cannot be used.
  case unusable(EntryPath, any Error)
  /// The entry's bytes are not those that the toolset writes for the value.
  case notCanonical(EntryPath)
  /// The checkout's project is not in the registry.
  case withoutProject(EntryPath)
  /// The checkout's machine has no record.
  case withoutMachine(EntryPath)
  /// The machine has checkouts and no record; its record's path.
  case noMachineRecord(EntryPath)
  /// An entry below a machine's name that this machine did not write.
  case foreign(EntryPath)
  /// The entry is of the same project as others.
  case duplicate(EntryPath, of: [ProjectID])
}

extension VerificationFinding: Hashable {
  /// Two are equal if they say the same of the same entry; their errors are compared with all that they carry.
  public static func == (one: VerificationFinding, other: VerificationFinding) -> Bool {
    one.key == other.key
  }

  /// Hashes what ``==(_:_:)`` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }

  private var key: String { String(reflecting: self) }
}
