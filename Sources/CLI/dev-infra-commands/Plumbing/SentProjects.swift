import Git
import RegistryReporting
import RegistryStore
import Synchronization
import SystemSupport

/// How many projects a remote is sent: counted on a thread of its own while git sends them, which takes longer.
final class SentProjects {
  private var thread: WorkerThread?
  private let counted = Counted()

  /// What the thread has found: from which commit on, and how many.
  private final class Counted: Sendable {
    let result = Mutex<(old: ObjectID?, count: Int)?>(nil)
  }

  /// Begins to count those in a commit beyond what the remote is known to have.
  init(in commit: ObjectID, beyond branch: RemoteBranch) {
    thread = try? WorkerThread { [counted] in
      // What goes wrong here goes wrong once more where it is told.
      guard let store = try? RegistryStore.ofEnvironment(),
        let old = try? store.repository.reference(branch.reference),
        let count = try? RegistryDifference(store, from: old, to: commit).projects.count
      else { return }
      counted.result.withLock { $0 = (old, count) }
    }
  }

  deinit { wait() }

  /// Waits for the thread, so that the process does not end while libgit2 is at work.
  private func wait() {
    thread?.join()
    thread = nil
  }

  /// How many there are in `commit`, the one that this was made for, beyond `old`.
  func count(in commit: ObjectID, since old: ObjectID?, of store: borrowing RegistryStore) throws -> Int {
    wait()
    if let known = counted.result.withLock({ $0 }), known.old == old { return known.count }
    return try RegistryDifference(store, from: old, to: commit).projects.count
  }
}
