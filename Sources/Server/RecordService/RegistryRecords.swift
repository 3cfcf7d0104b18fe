import NIOCore
import NIOPosix
import SystemSupport
import RegistryIndex
public import RegistryStore
import Synchronization
public import SystemPackage
public import WorkProd

/// The records of a registry, one truth with git: a change of main, made in any way, is seen by the next request.
///
/// Reading takes what was made for the last commit, when main is still there; all that opens the registry runs on a
/// thread of its own. Edits that wait while a commit is being written become the next commit together.
public final class RegistryRecords: RecordStore {
  /// Ours.
  public var flavor: ServiceFlavor { .full }

  private typealias Answer = CheckedContinuation<Outcome, any Error>

  private let view: ViewFile
  private let references: RegistryVersion.Places
  private let owner: RegistryThread
  private let known: Mutex<RecordTable>
  private let waiting = Mutex(WaitingEdits())

  /// Edits that nobody has taken yet.
  private struct WaitingEdits {
    var edits: [(edit: Edit, answer: Answer)] = []
    /// Whether the thread has been asked to take them: once, or a request behind them would wait for a commit of each.
    var areAnnounced = false
  }

  /// Opens a registry, and makes it where there is none.
  ///
  /// - Parameter delegate: whom it tells of what it comes upon.
  public init(_ directory: FilePath, delegate: any RecordServiceDelegate) async throws {
    view = ViewFile(registry: directory)
    references = RegistryVersion.Places(in: directory)
    owner = RegistryThread(delegate)
    known = Mutex(
      try await owner.run { place in try place.open(directory).refresh() })
  }

  /// The records of main as it is now.
  public func table() async throws -> RecordTable {
    let table = known.withLock { $0 }
    // Read as git lays refs out, in one small file: nobody has to poll, and nobody sees what was true before.
    if let main = try view.main(), main == table.commit { return table }
    return try await owner.run { place in
      let table = try place.current().refresh()
      self.known.withLock { $0 = table }
      return table
    }
  }

  /// Makes a change, by a commit that it may share with others.
  public func perform(_ edit: Edit) async throws -> Outcome {
    try await withCheckedThrowingContinuation { answer in
      let isFirst = waiting.withLock { waiting in
        waiting.edits.append((edit, answer))
        defer { waiting.areAnnounced = true }
        return !waiting.areAnnounced
      }
      guard isFirst else { return }
      owner.start { [self] place in
        let batch = takeWaiting()
        // Who found the registry held took them along.
        if !batch.isEmpty { perform(batch, place) }
      }
    }
  }

  private func takeWaiting() -> [(edit: Edit, answer: Answer)] {
    waiting.withLock { waiting in
      defer { waiting = WaitingEdits() }
      return waiting.edits
    }
  }

  private func perform(_ batch: [(edit: Edit, answer: Answer)], _ place: RegistrySlot?) {
    do {
      guard let place else { throw CancellationError() }
      let (answers, table) = try place.current().perform(batch.map(\.edit))
      known.withLock { $0 = table }
      for (item, result) in zip(batch, answers) { item.answer.resume(with: result) }
    } catch {
      var batch = batch
      // Requests that came while the registry was held have waited for it too, and would only wait as long
      // again.
      if ServerFault(error) == .busy { batch += takeWaiting() }
      for item in batch { item.answer.resume(throwing: error) }
    }
  }

  /// What changed since a commit.
  public func changes(since commit: String) async throws -> RecordChanges {
    try await owner.run { place in try place.current().changes(since: commit) }
  }

  /// Whether git may give a commit: it is main, or has been, or is what a machine says of its checkouts.
  public func isShown(_ commit: String) async throws -> Bool {
    if try await table().commit == commit { return true }
    return try await owner.run { place in try place.current().isGiven(commit) }
  }

  /// Reads, or changes, what records do not show, with the registry as it is now.
  public func use<Value: Sendable>(
    _ body: @escaping @Sendable (borrowing RegistryStore) throws -> Value
  ) async throws -> Value {
    try await owner.run { place in try place.current().use(body) }
  }

  /// What the registry, and what machines say of their checkouts, is now, without opening it.
  public func version() throws -> RegistryVersion { try RegistryVersion(of: references) }

  /// Closes the registry.
  public func close() async {
    try? await owner.run { $0.close() }
    await owner.stop()
  }
}
