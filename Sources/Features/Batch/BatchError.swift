/// Why a command cannot be run in checkouts at all.
public enum BatchError: Error, Equatable, Sendable {
  /// No program of this name is on `PATH`.
  case noProgram(String)
  /// No command was asked for, and none is known to have failed.
  case nothingFailed
}
