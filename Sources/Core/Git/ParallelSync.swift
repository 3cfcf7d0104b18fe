import SystemSupport
import SystemPackage

/// fsync(2) of many files at once.
///
/// One after the other each waits for a commit of the file system's journal of its own; asked for at once they share
/// one.
enum ParallelSync {
  /// Threads at a time; a larger batch takes turns.
  private static let limit = 32

  /// Returns when everything written to these files and directories would survive a power cut.
  ///
  /// - Returns: the reason of a failure; nil without one.
  static func synchronize(_ descriptors: [Int32]) -> Errno? {
    let count = min(limit, descriptors.count)
    if count == 0 { return nil }
    let shares = (0..<count).map { first in
      Share(stride(from: first, to: descriptors.count, by: count).map { descriptors[$0] })
    }
    // This thread takes the first share; one that cannot be handed to a thread of its own follows.
    let threads = shares.dropFirst().map { share in (share, try? WorkerThread { share.run() }) }
    shares[0].run()
    for (share, thread) in threads {
      if let thread { thread.join() } else { share.run() }
    }
    return shares.compactMap(\.failure).first
  }

  /// What one thread synchronizes. Nobody else touches it between the thread's start and the join.
  private final class Share: @unchecked Sendable {
    private let descriptors: [Int32]
    private(set) var failure: Errno?

    init(_ descriptors: [Int32]) { self.descriptors = descriptors }

    func run() {
      for descriptor in descriptors {
        let code = FileSync.synchronize(descriptor)
        if failure == nil { failure = code }
      }
    }
  }
}
