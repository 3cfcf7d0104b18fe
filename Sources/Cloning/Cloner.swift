public import Console
import Git
import Glibc
import Platform
import Records
import Registry
public import RegistryStore
import SystemPackage

/// Makes clones side by side, each whole or not at all.
public struct Cloner {
  /// What became of the clones.
  public struct Result {
    /// The projects that are here now, as they were registered.
    public var registrations: [Registration] = []
    /// Why other clones were not made, or not registered.
    public var failures: [Failure] = []
  }

  /// How many at a time.
  public var jobs: Int
  private let silenceLimit: Double?
  private let hookOptions: [String]

  /// Clones as many at a time as there are processors.
  ///
  /// Between two signs of life a clone has six times as long as `dev-infra.timeout`: git is silent for a while when it
  /// checks what came and writes out files.
  public init(_ store: borrowing RegistryStore) throws {
    jobs = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    silenceLimit = try store.silenceLimit(nil).map { $0 * 6 }
    hookOptions = try GitProgram(outsideRepositories: .clone).optionsAgainstHooksInWorkTrees()
  }

  /// Makes all clones that can be made, and registers them by one commit.
  ///
  /// When a signal comes that `Interruption` watches for, those under way are given up and leave nothing; those that
  /// are done are registered.
  ///
  /// - Parameter told: called with each registration as soon as all clones are made.
  public func run(_ tasks: [CloneTask], in store: borrowing RegistryStore) throws -> Result {
    let board = ProgressBoard()
    var result = Result()
    var waiting = tasks.makeIterator()
    var here: [FilePath] = []

    func next() -> (key: Job, program: ChildProcess)? {
      while let task = waiting.next() {
        do {
          if try isHere(task) {
            here += directories(of: task)
            continue
          }
          let job = Job(task: task, making: try DirectoryInMaking(at: task.target))
          board.set(task.name, "starting")
          return (job, program(job, board))
        } catch {
          result.failures.append(explained(error, task))
        }
      }
      return nil
    }

    ChildPool.run(atMost: jobs, next: next) { job, ended in
      board.remove(job.task.name)
      do {
        try check(ended, job)
        try Interruption.check()
        try job.making.commit()
        here += directories(of: job.task)
      } catch {
        job.making.abandon()
        if Interruption.signal == nil { result.failures.append(explained(error, job.task)) }
      }
    }
    board.clear()
    guard !here.isEmpty else { return result }
    let registered = try store.register(here, dryRun: false, quiet: true)
    result.registrations = registered.registrations
    result.failures += registered.failures
    return result
  }

  /// A clone under way.
  private struct Job {
    let task: CloneTask
    let making: DirectoryInMaking
    let log = CloneLog()
  }

  private func program(_ job: Job, _ board: ProgressBoard) -> ChildProcess {
    var git = GitProgram(.clone, at: "/")
    git.options += hookOptions
    git.silenceLimit = silenceLimit
    // Several at once cannot ask one person; credential helpers and ssh's agent still answer.
    if jobs > 1 { git.environment["GIT_TERMINAL_PROMPT"] = "0" }
    let (log, name) = (job.log, job.task.name)
    let shown = UncheckedBoard(board)
    git.onErrors = { bytes in
      log.append(bytes)
      if let text = log.lastLine { shown.board.set(name, text) }
    }
    return git.process([
      "clone", "--progress", "--no-recurse-submodules", "--", job.task.url, job.making.work.text,
    ])
  }

  private func check(_ ended: Swift.Result<ChildProcess.Result, SystemError>, _ job: Job) throws {
    switch try ended.get().termination {
    case .exited(0): return
    case .exited(let status): throw Failure.fatal(job.log.reason ?? "git ended with status \(status)")
    case .signalled(let signal): throw Failure.fatal("git was ended by signal \(signal)")
    case .silent:
      throw Failure.fatal(
        "git said nothing for \(Int(((silenceLimit ?? 0) / 0.95).rounded())) seconds",
        hints: "'dev-infra config dev-infra.timeout SECONDS' allows more, 0 has no limit")
    }
  }

  private func explained(_ error: any Error, _ task: CloneTask) -> Failure {
    var failure = Failure(error)
    if let error = error as? SystemError, error.code == ENOTEMPTY || error.code == EEXIST {
      failure = .fatal("there is something at \(task.target.visible) already, which is left as it is")
    }
    return failure.during("cloning \(Quoting.visible(task.name)) from \(Quoting.visible(task.url)) failed")
  }

  /// Whether the target is a clone of the same URL already, which only has to be registered.
  private func isHere(_ task: CloneTask) throws -> Bool {
    guard Files.kind(of: task.target, followingLinks: false) == .directory,
      Files.kind(of: task.target.appending(".git")) != nil
    else { return false }
    guard let there = try? ProjectDirectory(task.target) else { return false }
    return there.url?.normalized == task.key
  }

  private func directories(of task: CloneTask) -> [FilePath] {
    task.subdirectories.map { $0.isEmpty ? task.target : task.target.pushing($0) }
      .map { Files.kind(of: $0) == .directory ? $0 : task.target }
  }
}

/// The board, for a closure that only the thread that waits for children calls.
private struct UncheckedBoard: @unchecked Sendable {
  let board: ProgressBoard
  init(_ board: ProgressBoard) { self.board = board }
}
