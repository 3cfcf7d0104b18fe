import Git
public import Registry
import RegistryStore

/// What machines say of their checkouts, which stands beside main: see ``RegistryStore/stateFolder``.
extension RegistryRecords {
  /// What the machines that main knows last said, without what they said of each project.
  public func states() async throws -> [StateRecord] {
    try await use { store in
      try store.knownStates().map { state, name, commit in
        StateRecord(state, name: name, commit: commit.hex, isWhole: false)
      }
    }
  }

  /// What a machine that main knows last said.
  public func state(of machine: MachineID) async throws -> StateRecord {
    try await use { store in
      guard let known = try store.knownStates(of: machine).first else {
        throw Refusal.stateNotFound
      }
      let state = try store.state(in: known.commit, of: machine)
      return StateRecord(state, name: known.name, commit: known.commit.hex, isWhole: true)
    }
  }

  /// Keeps what another machine that main knows says.
  public func keep(_ state: MachineState) async throws -> String {
    try await use { store in
      guard state.machine != store.machine.id else { throw Refusal.ownState }
      guard let name = try store.name(of: state.machine) else { throw Refusal.stateNotFound }
      return try store.keep(state, by: name).hex
    }
  }

  /// Forgets what another machine said.
  public func forgetState(of machine: MachineID) async throws {
    try await use { store in
      guard machine != store.machine.id else { throw Refusal.ownState }
      guard try store.forgetState(of: machine) else { throw Refusal.stateNotFound }
    }
  }
}
