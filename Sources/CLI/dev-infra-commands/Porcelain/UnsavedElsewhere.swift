import ByteStrings
import FeatureReporting
import Registry
import RegistryIndex
import RegistryStore
import SystemSupport
import Terminal
import MachineStates
import WorkTreeState

/// Warnings that another machine may have work that is nowhere else, for commands that remove projects, or clone them from a
/// remote that lacks that work.
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
    tell(store.unsavedWork(of: projects, on: try store.otherMachinesWithState())) { work, clause in
      "\(Quoting.visible(work.name)): \(Quoting.visible(view.name(of: work.machine.hex))) \(words) (\(clause))"
    }
  }

  /// Warns of what this machine had when it last pushed.
  static func warnOfOwn(
    of projects: [(id: String, name: String)], _ store: borrowing RegistryStore, words: String
  ) {
    tell(store.unsavedWork(of: projects, on: [store.machine.id])) { work, clause in
      "\(Quoting.visible(work.name)) \(words) (\(clause))"
    }
  }

  private static func tell(_ found: [UnsavedWorkThere], _ sentence: (UnsavedWorkThere, String) -> String) {
    let now = Timestamp(milliseconds: Clock.nowMilliseconds)
    for work in found.prefix(shown) {
      let clause = work.checkouts.map(\.unsavedClause).joined(separator: "; ")
      Messages.warning(sentence(work, "\(clause), \(work.taken.age(at: now))"))
    }
    if found.count > shown {
      Messages.warning(
        "and \(found.count - shown) more of the kind; 'dev-infra state --all-machines' shows all")
    }
  }
}
