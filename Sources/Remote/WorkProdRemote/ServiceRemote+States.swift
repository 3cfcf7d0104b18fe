import Git
import Registry
import RegistryStore

/// What machines say of their checkouts, where the service is one of ours: a ref for each beside main.
extension ServiceRemote {
  /// The most machines whose state is taken.
  private static let limit = 1000

  /// What `list` tells of them.
  ///
  /// - Parameter forPush: nothing of them is read then.
  /// - Throws: ``WorkProdError/noStates`` where the service holds none.
  func states(forPush: Bool) throws -> [(name: String, commit: ObjectID)] {
    guard try client.kind().holdsStates else { throw WorkProdError.noStates }
    var known: [MachineID: ObjectID] = [:]
    var missing: [MachineID] = []
    for told in try client.states().prefix(Self.limit) {
      if forPush || (try? repository.commit(told.commit)) != nil {
        known[told.machine] = told.commit
      } else {
        missing.append(told.machine)
      }
    }
    try client.states(of: missing) { machine, name, json in
      // What is not one is nobody's state, and the others are as good.
      guard let state = try? MachineState(machine: machine, json: json) else {
        delegate.note(.unusableState(machine))
        return
      }
      known[machine] = try state.write(to: repository, by: name)
    }
    return known.sorted { $0.key < $1.key }.map { (RegistryStore.stateReference(of: $0.key), $0.value) }
  }

  /// Has the service keep what a commit says of a machine's checkouts.
  ///
  /// - Parameter commit: nil where it is to forget it.
  func push(_ commit: ObjectID?, stateOf machine: MachineID, isDry: Bool) throws -> PushResult {
    let state = try commit.map { try MachineState(in: $0, of: machine, in: repository) }
    if isDry { return .done }
    return try client.keep(state?.json, of: machine).map { .refused($0) } ?? .done
  }
}
