import ByteStrings
import FeatureReporting
import Registry
import RegistryIndex
import RegistryStore
import SystemSupport
import Terminal
import WorkTreeState

/// What a machine last had of projects that may be nowhere else, by its own word: a warning to a command that takes these projects
/// out, or brings them from where that work is not.
enum UnsavedElsewhere {
  /// The warnings that are printed; then only how many more there are.
  private static let shown = 10

  /// Warns of what other machines have.
  ///
  /// - Parameters:
  ///   - projects: the ids and names that are meant.
  ///   - words: what stands between the machine's name and what it has.
  static func warn(
    of projects: [(id: String, name: String)], in view: View, _ store: borrowing RegistryStore, words: String
  ) throws {
    let machines = try store.otherMachinesWithState()
    warn(of: projects, machines, store) { name, machine, clause in
      "\(name): \(Quoting.visible(view.name(of: machine.hex))) \(words) (\(clause))"
    }
  }

  /// Warns of what this machine had when it last pushed.
  static func warnOfOwn(
    of projects: [(id: String, name: String)], _ store: borrowing RegistryStore, words: String
  ) {
    warn(of: projects, [store.machine.id], store) { name, _, clause in "\(name) \(words) (\(clause))" }
  }

  private static func warn(
    of projects: [(id: String, name: String)], _ machines: [MachineID], _ store: borrowing RegistryStore,
    sentence: (String, MachineID, String) -> String
  ) {
    if machines.isEmpty || projects.isEmpty { return }
    let now = Timestamp(milliseconds: Clock.nowMilliseconds)
    let wanted = projects.compactMap { id, name in ProjectID(id).map { (id: $0, name: name) } }
    let states = store.states(of: machines, only: Set(wanted.map(\.id)))
    var warnings: [String] = []
    for (id, name) in wanted {
      for state in states {
        let clauses = (state.projects[id]?.places ?? []).compactMap { CheckoutState(json: $0) }
          .filter(\.hasUnsavedWork).map(\.unsavedClause)
        if clauses.isEmpty { continue }
        let what = clauses.joined(separator: "; ") + ", " + state.time(of: id).age(at: now)
        warnings.append(sentence(Quoting.visible(name), state.machine, what))
      }
    }
    for warning in warnings.prefix(shown) { Messages.warning(warning) }
    if warnings.count > shown {
      Messages.warning(
        "and \(warnings.count - shown) more of the kind; 'dev-infra state --all-machines' shows all")
    }
  }
}
