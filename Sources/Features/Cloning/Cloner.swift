public import Terminal
import Git
import Glibc
import SystemSupport
import ByteStrings
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
    /// What went wrong with clones that are whole all the same, a sentence each.
    public var warnings: [String] = []
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
  /// A repository comes before those that were inside it. A clone whose connection the server dropped is tried again,
  /// after a pause and with fewer at a time. When a signal comes that `Interruption` watches for, those under way are given
  /// up and leave nothing; those that are done are registered.
  public func run(_ tasks: [CloneTask], in store: borrowing RegistryStore) throws -> Result {
    var result = Result()
    var here: [FilePath] = []
    var left = tasks
    while !left.isEmpty {
      let inner = left.filter { task in left.contains { ClonePlan.isInside(task.target, $0.target) } }
      let targets = Set(inner.map(\.target))
      var wave = left.filter { !targets.contains($0.target) }
      left = inner
      var atOnce = jobs
      for attempt in 1... {
        let isLast = attempt == Self.attempts
        let dropped = run(wave, atMost: atOnce, givingUp: isLast, &here, &result)
        if dropped.isEmpty || Interruption.signal != nil { break }
        wave = dropped
        atOnce = max(1, atOnce / 2)
        Interruption.wait(Self.pause(before: attempt))
        if Interruption.signal != nil { break }
      }
    }
    guard !here.isEmpty else { return result }
    let registered = try store.register(here, dryRun: false, quiet: true)
    result.registrations = registered.registrations
    result.failures += registered.failures
    return result
  }

  /// How often a clone is tried whose connection is dropped.
  static let attempts = 5

  /// Seconds to wait: half a second, doubled each time, and up to as much again by chance, so that those who were dropped
  /// together do not come back together.
  private static func pause(before attempt: Int) -> Double {
    0.5 * Double(1 << (attempt - 1)) * Double.random(in: 1...2)
  }

  /// One round over some clones.
  ///
  /// - Returns: those whose connection was dropped before anything came, where they are not given up.
  private func run(
    _ tasks: [CloneTask], atMost limit: Int, givingUp: Bool, _ here: inout [FilePath], _ result: inout Result
  ) -> [CloneTask] {
    let board = ProgressBoard()
    var waiting = tasks.makeIterator()
    var (there, outcome, dropped) = (here, result, [CloneTask]())
    func next() -> (key: Job, program: ChildProcess)? {
      while let task = waiting.next() {
        do {
          if try isHere(task) {
            there += directories(of: task)
            continue
          }
          let job = Job(task: task, place: try ClonePlace(task))
          board.set(task.name, "starting")
          return (job, program(job, board))
        } catch {
          outcome.failures.append(explained(error, task))
        }
      }
      return nil
    }

    ChildPool.run(atMost: limit, next: next) { job, ended in
      board.remove(job.task.name)
      do {
        do {
          try check(ended, job)
        } catch  where Interruption.signal == nil && job.place.isWhole {
          outcome.warnings.append(
            "cloning \(Quoting.visible(job.task.name)): \(Self.ending(ended)) after all files were checked out, "
              + "as a hook post-checkout that fails makes it; the clone is kept")
        }
        try Interruption.check()
        try job.place.commit()
        there += directories(of: job.task)
      } catch {
        job.place.abandon()
        if Interruption.signal != nil { return }
        if !givingUp, job.log.connectionWasDropped {
          dropped.append(job.task)
        } else {
          outcome.failures.append(explained(error, job.task))
        }
      }
    }
    board.clear()
    (here, result) = (there, outcome)
    return dropped
  }

  /// A clone under way.
  private struct Job {
    let task: CloneTask
    let place: ClonePlace
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
      "clone", "--progress", "--no-recurse-submodules", "--", job.task.url, job.place.work.text,
    ])
  }

  private static func ending(_ ended: Swift.Result<ChildProcess.Result, SystemError>) -> String {
    switch (try? ended.get())?.termination {
    case .exited(let status): "git ended with status \(status)"
    case .signalled(let signal): "git was ended by signal \(signal)"
    case .silent, nil: "git said nothing more"
    }
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
    guard try ClonePlace.holdsRepository(task) else { return false }
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
