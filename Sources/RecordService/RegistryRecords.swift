import Console
import NIOCore
import NIOPosix
import Platform
import RegistryView
import Synchronization
public import SystemPackage

/// The records of a registry, one truth with git: what comes into main by whatever way is seen by the next request.
///
/// Reading takes what was made for the last commit, when main is still there; all that opens the registry runs on a
/// thread of its own. Edits that wait while a commit is being written become the next commit together.
public final class RegistryRecords: RecordStore {
  /// Ours.
  public var dialect: Dialect { .full }

  private typealias Answer = CheckedContinuation<Outcome, any Error>

  private let view: ViewFile
  private let owner: RegistryOwner
  private let known: Mutex<RecordTable>
  private let waiting = Mutex<[(edit: Edit, answer: Answer)]>([])

  /// Opens a registry, and makes it where there is none.
  public init(_ directory: FilePath) async throws {
    view = ViewFile(registry: directory)
    owner = RegistryOwner()
    known = Mutex(
      try await owner.run { keeper in
        keeper = try RegistryKeeper(directory)
        return try keeper?.refresh() ?? RecordTable()
      })
  }

  /// The records as main has them now.
  public func table() async throws -> RecordTable {
    let table = known.withLock { $0 }
    // Read as git lays refs out, in one small file: nobody has to poll, and nobody sees what was true before.
    if let main = try view.main(), main == table.commit { return table }
    return try await owner.run { keeper in
      guard let keeper else { throw CancellationError() }
      let table = try keeper.refresh()
      self.known.withLock { $0 = table }
      return table
    }
  }

  /// Makes a change, by a commit that it may share with others.
  public func perform(_ edit: Edit) async throws -> Outcome {
    try await withCheckedThrowingContinuation { answer in
      waiting.withLock { $0.append((edit, answer)) }
      owner.start { [self] keeper in
        let batch = waiting.withLock { waiting in
          defer { waiting = [] }
          return waiting
        }
        // Those before took it along.
        if !batch.isEmpty { perform(batch, keeper) }
      }
    }
  }

  private func perform(_ batch: [(edit: Edit, answer: Answer)], _ keeper: RegistryKeeper?) {
    do {
      guard let keeper else { throw CancellationError() }
      let (answers, table) = try keeper.perform(batch.map(\.edit))
      known.withLock { $0 = table }
      for (item, result) in zip(batch, answers) { item.answer.resume(with: result) }
    } catch {
      for item in batch { item.answer.resume(throwing: error) }
    }
  }

  /// What changed since a commit.
  public func changes(since commit: String) async throws -> RecordChanges {
    try await owner.run { keeper in
      guard let keeper else { throw CancellationError() }
      return try keeper.changes(since: commit)
    }
  }

  /// Closes the registry.
  public func close() async {
    try? await owner.run { $0 = nil }
    await owner.stop()
  }
}

/// The thread that a registry belongs to.
final class RegistryOwner: Sendable {
  /// Touched on that thread only, which is what lets it be handed there.
  private final class Place: @unchecked Sendable { var keeper: RegistryKeeper? }

  private let place = Place()
  private let pool = NIOThreadPool(numberOfThreads: 1)

  init() { pool.start() }

  /// Runs `body` on the thread, behind what was asked for before.
  func run<Value: Sendable>(
    _ body: @escaping @Sendable (inout RegistryKeeper?) throws -> Value
  ) async throws -> Value {
    try await pool.runIfActive { [place] in try body(&place.keeper) }
  }

  /// Has `body` run on the thread, and does not wait for it.
  func start(_ body: @escaping @Sendable (RegistryKeeper?) -> Void) {
    pool.submit { [place] state in body(state == .active ? place.keeper : nil) }
  }

  /// Ends the thread.
  func stop() async { try? await pool.shutdownGracefully() }
}
