import Git
import SystemSupport
public import SystemPackage

extension CheckoutState {
  /// How a directory is examined.
  public struct Options: Sendable {
    /// Whether untracked files count where `status.showUntrackedFiles` says that they do not.
    public var alwaysUntracked = false
    /// Whether a directory within a repository's work tree counts as a part of it.
    public var allowsParts = true

    /// The same as `git status`.
    public init() {}
  }

  /// Examines one directory: its repository is read, and neither written to nor made to run anything.
  ///
  /// - Parameter path: absolute.
  public static func examine(_ path: FilePath, _ options: Options = Options()) -> CheckoutState {
    if Files.isMissing(path) {
      return CheckoutState(path: path, error: "\(path.visible) does not exist", isMissing: true)
    }
    do {
      if !options.allowsParts, !RepositoryState.isRoot(path) {
        return CheckoutState(path: path, error: "\(path.visible) is not a git repository")
      }
      let state = try RepositoryState.read(at: path, alwaysUntracked: options.alwaysUntracked)
      return CheckoutState(path: path, repository: state)
    } catch {
      return CheckoutState(path: path, error: error.message)
    }
  }

  /// Examines many directories, several at a time; one that does not answer is given up, and the others go on.
  ///
  /// - Parameters:
  ///   - paths: absolute; the states come in their order.
  ///   - progress: called on this thread, now and then, with how many are done.
  public static func examine(
    _ paths: [FilePath], _ options: @escaping @Sendable (FilePath) -> Options = { _ in Options() },
    progress: (Int) -> Void = { _ in }
  ) -> [CheckoutState] {
    let states = Parallel.map(paths, silence: Examination.silence, threads: threads, progress: progress) {
      examine($0, options($0))
    }
    return zip(paths, states).map { path, state in
      state ?? unanswered(path)
    }
  }

  /// As ``examine(_:_:progress:)``, of directories that come one after the other: each is handed over once it and all before it are
  /// done.
  ///
  /// - Parameters:
  ///   - source: hands over the paths, on a thread of its own; false tells it that no more is wanted.
  ///   - each: takes the states, on this thread.
  public static func examine(
    from source: @escaping @Sendable (_ put: (FilePath) -> Bool) throws -> Void,
    each: ([CheckoutState]) throws -> Void
  ) throws {
    try Parallel.stream(silence: Examination.silence, threads: threads, window: 256, source: source) {
      examine($0, Options())
    } each: { batch in
      try each(batch.map { $0.value ?? unanswered($0.item) })
    }
  }

  /// Waiting for a disk takes no processor: without its cache more threads than processors pay.
  private static var threads: Int { min(8, 4 * ThisProcess.processors) }

  private static func unanswered(_ path: FilePath) -> CheckoutState {
    CheckoutState(path: path, error: Examination.unanswered(path).message)
  }
}
