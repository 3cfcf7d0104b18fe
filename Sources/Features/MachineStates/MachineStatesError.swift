public import SystemPackage

/// Why the states of checkouts that were asked about cannot be told.
public enum MachineStatesError: Error, Equatable, Sendable {
  /// A project that was named is not on this machine.
  case notHere(project: String)
  /// A project that was named is not on the machine that was named.
  case notThere(project: String, machine: String)
  /// None of the named machines has reported the state of its checkouts; the first of them.
  case silent(machine: String)
  /// What was to be searched is not a directory.
  case notADirectory(FilePath)
}
