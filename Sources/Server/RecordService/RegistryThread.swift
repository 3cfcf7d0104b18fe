import NIOPosix
import SystemPackage

/// The thread that a registry belongs to.
final class RegistryThread: Sendable {
  private let place: RegistrySlot
  private let pool = NIOThreadPool(numberOfThreads: 1)

  init(_ delegate: any RecordServiceDelegate) {
    place = RegistrySlot(delegate)
    pool.start()
  }

  /// Runs `body` on the thread, behind what was asked for before.
  func run<Value: Sendable>(_ body: @escaping @Sendable (RegistrySlot) throws -> Value) async throws -> Value
  {
    try await pool.runIfActive { [place] in try body(place) }
  }

  /// Has `body` run on the thread, and does not wait for it; it gets nil where the thread has ended.
  func start(_ body: @escaping @Sendable (RegistrySlot?) -> Void) {
    pool.submit { [place] state in body(state == .active ? place : nil) }
  }

  /// Ends the thread.
  func stop() async { try? await pool.shutdownGracefully() }
}

/// Where a registry is served from, and what has it open.
///
/// Touched on its owner's thread only, which is what lets it be handed there.
final class RegistrySlot: @unchecked Sendable {
  private let delegate: any RecordServiceDelegate
  private var directory: FilePath?
  private var keeper: RegistrySession?

  /// A place with nothing open.
  ///
  /// - Parameter delegate: whom what is opened tells of what it comes upon.
  init(_ delegate: any RecordServiceDelegate) { self.delegate = delegate }

  /// Opens a registry, and makes it where there is none.
  func open(_ directory: FilePath) throws -> RegistrySession {
    let opened = try RegistrySession(directory, making: true, delegate: delegate)
    self.directory = directory
    keeper = opened
    return opened
  }

  /// The registry as it is there now: another one in its place is another one to serve, and one that is not there is
  /// not made.
  func current() throws -> RegistrySession {
    if let keeper, keeper.isInPlace { return keeper }
    guard let directory else { throw CancellationError() }
    // Its lock first, which the one in its place may share.
    keeper = nil
    let opened = try RegistrySession(directory, making: false, delegate: delegate)
    keeper = opened
    return opened
  }

  /// Lets go of it.
  func close() {
    keeper = nil
    directory = nil
  }
}
