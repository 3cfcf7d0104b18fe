import Connections
import Git
import SystemSupport
import ByteStrings
public import Registry
public import RegistryStore
import SystemPackage

/// Makes clones side by side, each whole or not at all.
public struct Cloner {
  /// What became of the clones.
  public struct Result {
    /// The projects that are here now, as they were registered.
    public var registrations: [Registration] = []
    /// Those of them that were here before, and only had to be registered.
    public var found: Set<ProjectID> = []
    /// Why other clones were not made, or not registered.
    public var failures: [any Error] = []
    /// What went wrong with clones that are whole all the same.
    public var warnings: [CloneWarning] = []
  }

  /// How many at a time.
  public var jobs: Int
  /// What each project keeps of how it was cloned, so that another machine clones it alike; nil: what it kept before.
  public var kept: CloneOptions?
  let silenceLimit: Double?
  let hookOptions: [String]

  /// Clones as many at a time as there are processors.
  ///
  /// Between two signs of life a clone has six times as long as `dev-infra.timeout`: git is silent for a while when it
  /// checks what came and writes out files.
  public init(_ store: borrowing RegistryStore) throws {
    jobs = ThisProcess.processors
    silenceLimit = try store.silenceLimit(nil).map { $0 * 6 }
    hookOptions = try GitProgram(outsideRepositories: .clone).optionsAgainstHooksInClones()
  }

  /// Makes all clones that can be made, and registers them by one commit.
  ///
  /// A repository comes before those that were inside it. A clone whose connection the server dropped is tried again,
  /// after a pause and with fewer at a time. Where several run side by side none asks a person; those that would have to
  /// are run after the others, one at a time. When a signal comes that `Interruption` watches for, those under way are given
  /// up and leave nothing; those that are done are registered.
  ///
  /// - Parameter board: told how far each has come.
  public func run(
    _ tasks: [CloneTask], in store: borrowing RegistryStore, progress board: any CloningProgress
  ) throws -> Result {
    var progress = Progress(queue: HostQueue(perHost: jobs))
    let secrets = CredentialCache()
    var left = tasks
    board.begin(tasks.count)
    while !left.isEmpty {
      var places = TakenPlaces()
      for (number, task) in left.enumerated() { places.take(task.target, by: number) }
      let inner = left.filter { task in places.outermost(around: task.target) { _ in true } != nil }
      let targets = Set(inner.map(\.target))
      let wave = left.filter { !targets.contains($0.target) }
      left = inner
      let isLeft = jobs > 1 && CredentialCache.personIsAtHand
      let wanting = attempt(
        wave, .init(atOnce: jobs, asks: jobs == 1, leavesThoseThatAsk: isLeft), board, &progress)
      _ = attempt(wanting, .init(atOnce: 1, asks: true, leavesThoseThatAsk: false), board, &progress)
    }
    _ = consume secrets
    var result = progress.result
    guard !progress.here.isEmpty else { return result }
    let registered = try store.register(
      progress.here, dryRun: false,
      edits: kept.map { [try FieldEdit("\(FieldKey.cloneOptions.rawValue)=\($0.text)")] } ?? [])
    result.registrations = registered.registrations
    result.found = Set(registered.registrations.filter { progress.found.contains($0.path) }.map(\.id))
    result.failures += registered.failures
    return result
  }

  /// What is known while clones are made.
  private struct Progress {
    var queue: HostQueue<CloneTask>
    var result = Result()
    /// The directories of the projects that are here now.
    var here: [FilePath] = []
    /// Those of them that were there before.
    var found: Set<FilePath> = []
    /// Hosts that a person was asked about in vain: they are not asked again.
    var refusing: Set<Substring> = []
  }

  /// How some clones are run.
  private struct Round {
    let atOnce: Int
    let asks: Bool
    /// Whether those that need a person are left for later.
    let leavesThoseThatAsk: Bool
  }

  /// Makes some clones, and again those whose connection was dropped before anything came.
  ///
  /// - Returns: those that need a person.
  private func attempt(
    _ tasks: [CloneTask], _ round: Round, _ board: any CloningProgress, _ progress: inout Progress
  ) -> [CloneTask] {
    for task in RetryRule.mixed(tasks, by: \.host) { progress.queue.add(task, host: task.host) }
    var (now, wanting) = (progress, [CloneTask]())
    func next() -> (key: Job, program: ChildProcess)? {
      while let entry = now.queue.take(now: Clock.monotonicSeconds) {
        let task = entry.task
        do {
          if try Self.isHere(task) {
            now.here += directories(of: task)
            now.found.formUnion(directories(of: task).map { $0.resolved ?? $0 })
            now.queue.release(entry)
            continue
          }
          if now.queue.isGivenUp(task.host) { throw CloningError.hostNotReached(String(task.host)) }
          let asks = round.asks && !now.refusing.contains(task.host)
          let job = Job(
            entry: entry, place: try ClonePlace(task), asks: asks, showsProgress: !round.asks || jobs == 1)
          if job.showsProgress { board.show(task.name, .starting) }
          return (job, program(job, board))
        } catch {
          now.queue.release(entry)
          now.result.failures.append(failure(error, task))
        }
      }
      return nil
    }
    func ended(_ job: Job, _ ended: Swift.Result<ChildProcess.Result, SystemError>) {
      do {
        do {
          try check(ended, job)
        } catch  where Interruption.signal == nil && job.place.isWhole {
          keep(job, ended, &now.result)
        }
        now.result.warnings += job.log.warnings.map { .said(name: job.task.name, $0) }
        try Interruption.check()
        addRemotes(job, &now.result)
        try makeBare(job.task, in: job.place.work)
        try job.place.commit()
        let trees = addWorkTrees(job.task, &now.result.warnings)
        board.remove(job.task.name)
        now.here += directories(of: job.task) + trees.flatMap { directories(of: job.task, in: $0) }
        _ = now.queue.end(job.entry, .answered, now: Clock.monotonicSeconds, pause: 0)
      } catch {
        job.place.abandon()
        let isSilent = (try? ended.get().termination) == .silent
        let end: HostQueue<CloneTask>.End =
          job.log.connectionWasDropped
          ? .dropped : isSilent || job.log.hostWasNotReached ? .unreached : .answered
        let pause = RetryRule.pause(before: job.entry.attempt)
        let isTriedAgain = now.queue.end(job.entry, end, now: Clock.monotonicSeconds, pause: pause)
        if Interruption.signal != nil { return board.remove(job.task.name) }
        if isTriedAgain { return board.show(job.task.name, .waiting) }
        board.remove(job.task.name)
        if job.log.personWasWanted {
          if round.leavesThoseThatAsk { return wanting.append(job.task) }
          if job.asks { now.refusing.insert(job.task.host) }
        }
        now.result.failures.append(failure(error, job.task))
      }
    }

    while true {
      ChildPool.run(atMost: round.atOnce, next: next, ended: ended)
      guard Interruption.signal == nil, let time = now.queue.nextTime else { break }
      Interruption.wait(max(0.01, time - Clock.monotonicSeconds))
    }
    board.clear()
    progress = now
    return wanting
  }

  /// What is said of a clone that is whole although git did not end with 0.
  private func keep(
    _ job: Job, _ ended: Swift.Result<ChildProcess.Result, SystemError>, _ result: inout Result
  ) {
    if job.task.options.recursesIntoSubmodules, let reason = job.log.reason,
      GitDiagnostics.isAboutSubmodule(reason)
    {
      result.failures.append(CloningError.submodulesNotCloned(of: job.task.name, reason: reason))
      return
    }
    result.warnings.append(.endedLate(name: job.task.name, Self.ending(ended)))
  }

  /// Gives a clone the other remotes that the project has where it comes from.
  ///
  /// A path leads nowhere on another machine, unless it does.
  private func addRemotes(_ job: Job, _ result: inout Result) {
    let own = job.task.ownRemote ?? "origin"
    for (name, text) in job.task.remotes.sortedByKey() where !name.hasSameBytes(as: own) {
      guard let url = try? RemoteURL(text) else { continue }
      let isFile = url.stored.begins(with: "file://")
      let path = FilePath(text: isFile ? String(url.stored.dropFirst("file://".count)) : url.stored)
      if path.isAbsolute, Files.kind(of: path) == nil { continue }
      var git = GitProgram(.clone, at: job.place.work)
      git.options += hookOptions
      git.asksNobody = true
      do {
        let ended = try git.run(["remote", "add", "--", name, url.stored])
        guard ended.termination != .exited(0) else { continue }
        let reason = GitDiagnostics.reason(ended.errors)
        result.warnings.append(.remoteLeftOut(name: job.task.name, remote: name, reason: reason))
      } catch {
        result.warnings.append(.remoteNotAdded(name: job.task.name, error))
      }
    }
  }

  /// A clone under way.
  private struct Job {
    let entry: HostQueue<CloneTask>.Entry
    var task: CloneTask { entry.task }
    let place: ClonePlace
    let asks: Bool
    /// Not where a person is about to be asked on the same terminal.
    let showsProgress: Bool
    let log = ConnectionLog()
  }

  private func program(_ job: Job, _ board: any CloningProgress) -> ChildProcess {
    var git = GitProgram(.clone, at: "/")
    git.options += hookOptions
    git.silenceLimit = silenceLimit
    // Several at once cannot ask one person; credential helpers and ssh's agent still answer.
    git.asksNobody = !job.asks
    let options = job.task.options
    options.permit(&git)
    let (log, name, shows) = (job.log, job.task.name, job.showsProgress)
    let shown = UncheckedProgress(progress: board)
    git.onErrors = { bytes in
      log.append(bytes)
      if shows, let text = log.lastLine { shown.progress.show(name, .said(text)) }
    }
    var words = ["clone"]
    if shows, board.isShown {
      words.append("--progress")
    } else {
      let place = job.place.work
      git.bytesWritten = { Files.size(below: place) }
    }
    // A bare repository gets its files with its worktrees.
    let isBare = job.task.layout?.bare != nil
    if isBare { words.append("--no-checkout") }
    words.append(
      options.recursesIntoSubmodules && !isBare ? "--recurse-submodules" : "--no-recurse-submodules")
    if let filter = options.filter { words.append("--filter=\(filter)") }
    if let depth = options.depth { words.append("--depth=\(depth)") }
    if let name = job.task.ownRemote { words.append("--origin=\(name)") }
    return git.process(words + ["--", job.task.url, job.place.work.text])
  }

  private static func ending(
    _ ended: Swift.Result<ChildProcess.Result, SystemError>
  ) -> CloneWarning.Ending {
    switch (try? ended.get())?.termination {
    case .exited(let status): .exited(status)
    case .signalled(let signal): .signalled(signal)
    case .silent, nil: .silent
    }
  }

  private func check(_ ended: Swift.Result<ChildProcess.Result, SystemError>, _ job: Job) throws {
    switch try ended.get().termination {
    case .exited(0): return
    case .exited(let status): throw CloningError.failed(status: status, reason: job.log.reason)
    case .signalled(let signal): throw CloningError.signalled(signal)
    case .silent: throw CloningError.silent(seconds: Int(silenceLimit ?? 0))
    }
  }

  private func failure(_ error: any Error, _ task: CloneTask) -> CloningError {
    var reason = error
    if let error = error as? SystemError, error.code == .directoryNotEmpty || error.code == .fileExists {
      reason = CloningError.occupied(task.target)
    }
    return .notCloned(name: task.name, url: task.url, reason)
  }

  /// Whether the target is a clone of the same URL already, which only has to be registered.
  public static func isHere(_ task: CloneTask) throws -> Bool {
    guard try ClonePlace.holdsRepository(task) else { return false }
    guard let there = try? ProjectDirectory(task.target) else { return false }
    return there.url?.normalized == task.key
  }

  private func directories(of task: CloneTask) -> [FilePath] {
    if let layout = task.layout, let bare = layout.bare {
      return [layout.isLinked ? task.target : task.target.pushing(bare)]
    }
    return directories(of: task, in: task.target)
  }

  private func directories(of task: CloneTask, in root: FilePath) -> [FilePath] {
    task.subdirectories.map { $0.isEmpty ? root : root.pushing($0) }
      .map { Files.kind(of: $0) == .directory ? $0 : root }
  }
}

extension CloneOptions {
  /// Lets git do what they need.
  func permit(_ git: inout GitProgram) {
    // What a partial clone lacks is fetched when its files are written.
    if filter != nil { git.environment["GIT_NO_LAZY_FETCH"] = .some(nil) }
    // A stranger chooses the URLs of submodules: git's own rules for them must hold, which that list would lift.
    if recursesIntoSubmodules, Environment["GIT_ALLOW_PROTOCOL"] == nil {
      git.environment["GIT_ALLOW_PROTOCOL"] = .some(nil)
      git.options += ["-c", "protocol.ext.allow=never"]
    }
  }
}

/// The receiver of progress, for a closure that only the thread that waits for children calls.
private struct UncheckedProgress: @unchecked Sendable {
  let progress: any CloningProgress
}
