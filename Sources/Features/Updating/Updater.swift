public import Batch
import ByteStrings
import Connections
import Git
import Registry
public import RegistryStore
import SystemPackage
import SystemSupport

/// Brings checkouts up to date: fetches all their remotes, side by side, and then lets branches follow their upstreams.
public struct Updater: Sendable {
  /// The user's setting for how many repositories of one host are fetched at a time.
  public static let jobsKey = "dev-infra.updateJobs"
  private static let defaultJobs = 8
  /// How many are fetched at a time from all hosts together, as a multiple of those from one.
  private static let hosts = 4

  /// How many at a time of one host.
  public var jobs: Int
  /// Whether remote-tracking branches go whose branch is gone.
  public var prunes = false
  /// Whether branches stay where they are.
  public var onlyFetches = false
  /// Whether nothing is fetched or changed, and only said what would be.
  public var isDryRun = false
  private let silenceLimit: Double?

  /// With the settings of the registry.
  ///
  /// - Throws: ``GitError`` where they cannot be read.
  public init(_ store: borrowing RegistryStore) throws {
    jobs = max(1, try store.repository.configuration().int(Self.jobsKey) ?? Self.defaultJobs)
    // git is silent for a while when it checks what came.
    silenceLimit = try store.silenceLimit(nil).map { $0 * 6 }
  }

  /// Updates each repository of these checkouts once, however many of them it has.
  ///
  /// When a signal comes that `Interruption` watches for, fetches that are under way are given up, and branches that are
  /// being moved get there; nothing else is begun.
  ///
  /// - Parameter progress: told how far each has come.
  /// - Returns: a report of each, in the order of the checkouts.
  public func run(_ targets: [BatchTarget], _ progress: any UpdateProgress) -> [UpdateReport] {
    var work = repositories(targets)
    if isDryRun {
      for index in work.indices {
        for remote in work[index].report.fetches.indices { work[index].report.fetches[remote].isDone = true }
      }
    } else {
      fetch(&work, progress)
    }
    progress.clear()
    guard !onlyFetches else { return work.map(\.report) }
    let isDryRun = isDryRun
    let followed = Parallel.map(work) { one -> UpdateReport in
      var report = one.report
      guard let info = one.info, report.error == nil, Interruption.signal == nil else { return report }
      do {
        report.branches = try FastForward(
          path: info.workTree ?? info.gitDirectory, commonDirectory: info.commonDirectory,
          mainWorkTree: info.mainWorkTree,
          isDryRun: isDryRun, timeLimit: silenceLimit
        ).run()
      } catch let error as GitError {
        report.error = .unusable(error)
      } catch {
        report.error = .interrupted
      }
      return report
    }
    return followed
  }

  /// A repository, and what has become of it so far.
  private struct Work: Sendable {
    var report: UpdateReport
    var info: RepositoryInfo?
    /// The hosts of its remotes.
    var hosts: [Substring] = []
  }

  /// The repositories of the checkouts. A directory without one has nothing to be updated.
  private func repositories(_ targets: [BatchTarget]) -> [Work] {
    var seen: Set<FilePath> = []
    var all: [Work] = []
    let read = Parallel.map(targets) { target -> Result<RepositoryInfo, GitError>? in
      guard target.isThere else { return nil }
      do throws(GitError) {
        let info = try RepositoryInfo.read(at: target.path)
        try info.checkForProgram()
        return .success(info)
      } catch {
        return .failure(error)
      }
    }
    for (target, read) in zip(targets, read) {
      var work = Work(report: UpdateReport(target: target))
      if let read {
        do throws(GitError) {
          let info = try read.get()
          guard seen.insert(info.commonDirectory).inserted else { continue }
          work.info = info
          for remote in info.remotes where !remote.isPassedOver {
            let url = info.rewritten(remote.url)
            work.report.fetches.append(.init(remote: remote.name, url: RemoteURL.withoutSecrets(url)))
            work.hosts.append(Self.host(of: url))
          }
        } catch {
          if error.kind == .notARepository { continue }
          work.report.error = .unusable(error)
        }
      } else {
        work.report.error = .gone(target.path)
      }
      all.append(work)
    }
    return all
  }

  private static func host(of url: String) -> Substring {
    guard let normalized = try? RemoteURL(url).normalized else { return url.prefix(before: "/")[...] }
    return String(normalized.prefix(before: "/"))[...]
  }

  // MARK: Fetching

  /// One remote of one repository.
  private struct Remote {
    let repository: Int
    let number: Int
  }

  /// A fetch under way.
  private struct Job {
    let entry: HostQueue<Remote>.Entry
    let asks: Bool
    let log = ConnectionLog()
  }

  private func fetch(_ work: inout [Work], _ progress: any UpdateProgress) {
    var queue = HostQueue<Remote>(perHost: jobs)
    let first = work.indices.filter { !work[$0].report.fetches.isEmpty }
    for index in RetryRule.mixed(first, by: { work[$0].hosts[0] }) {
      queue.add(Remote(repository: index, number: 0), host: work[index].hosts[0])
    }
    progress.begin(work.reduce(0) { $0 + $1.report.fetches.count })
    let secrets = CredentialCache()
    var wanting: [Remote] = []
    fetch(
      &queue, &work, progress, atOnce: jobs * Self.hosts, asks: jobs == 1,
      wanting: jobs > 1 && CredentialCache.personIsAtHand ? { wanting.append($0) } : nil)
    // Those that need a person, one after the other.
    while !wanting.isEmpty, Interruption.signal == nil {
      var rest = HostQueue<Remote>(perHost: 1)
      let next = wanting.removeFirst()
      rest.add(next, host: work[next.repository].hosts[next.number])
      progress.clear()
      fetch(&rest, &work, progress, atOnce: 1, asks: true, wanting: nil)
    }
    _ = consume secrets
    guard Interruption.signal != nil else { return }
    for index in work.indices {
      for number in work[index].report.fetches.indices
      where !work[index].report.fetches[number].isDone && work[index].report.fetches[number].error == nil {
        work[index].report.fetches[number].error = .interrupted
      }
    }
  }

  private func fetch(
    _ queue: inout HostQueue<Remote>, _ work: inout [Work], _ progress: any UpdateProgress, atOnce limit: Int,
    asks: Bool, wanting: ((Remote) -> Void)?
  ) {
    var (line, now) = (queue, work)
    func goOn(behind remote: Remote) {
      let next = remote.number + 1
      progress.remove(name(now[remote.repository], remote))
      guard now[remote.repository].hosts.indices.contains(next) else { return }
      line.add(Remote(repository: remote.repository, number: next), host: now[remote.repository].hosts[next])
    }
    func next() -> (key: Job, program: ChildProcess)? {
      while let entry = line.take(now: Clock.monotonicSeconds) {
        if line.isGivenUp(entry.host) {
          now[entry.task.repository].report.fetches[entry.task.number].error = .hostNotReached(
            String(entry.host))
          // It counts as one more in vain, so that the host stays given up.
          _ = line.end(entry, .unreached, now: 0, pause: 0)
          goOn(behind: entry.task)
          continue
        }
        let job = Job(entry: entry, asks: asks)
        return (job, program(job, now[entry.task.repository], progress))
      }
      return nil
    }
    func ended(_ job: Job, _ result: Swift.Result<ChildProcess.Result, SystemError>) {
      let remote = job.entry.task
      let error = error(result, job)
      let isUnreached =
        if case .silent = error { true } else { error != nil && job.log.hostWasNotReached }
      let isDropped = error != nil && job.log.connectionWasDropped && Interruption.signal == nil
      let end: HostQueue<Remote>.End = isDropped ? .dropped : isUnreached ? .unreached : .answered
      let pause = RetryRule.pause(before: job.entry.attempt)
      if line.end(job.entry, end, now: Clock.monotonicSeconds, pause: pause) {
        progress.show(name(now[remote.repository], remote), "the connection was dropped, trying again")
        return
      }
      if error != nil, job.log.personWasWanted, let wanting, Interruption.signal == nil {
        wanting(remote)
      } else {
        now[remote.repository].report.fetches[remote.number].error = error
        now[remote.repository].report.fetches[remote.number].isDone = error == nil
        now[remote.repository].report.fetches[remote.number].warnings = error == nil ? job.log.warnings : []
      }
      goOn(behind: remote)
    }
    while true {
      ChildPool.run(atMost: limit, next: next, ended: ended)
      guard Interruption.signal == nil, let time = line.nextTime else { break }
      Interruption.wait(max(0.01, time - Clock.monotonicSeconds))
    }
    (queue, work) = (line, now)
  }

  private func name(_ work: Work, _ remote: Remote) -> String {
    let report = work.report
    let several = report.fetches.count > 1
    return report.target.calledName + (several ? " (\(report.fetches[remote.number].remote))" : "")
  }

  private func program(_ job: Job, _ work: Work, _ progress: any UpdateProgress) -> ChildProcess {
    let remote = job.entry.task
    let info = work.info
    var git = GitProgram(.person, at: info?.workTree ?? info?.gitDirectory ?? work.report.target.path)
    git.silenceLimit = silenceLimit
    // Several at once cannot ask one person; credential helpers and ssh's agent still answer.
    git.asksNobody = !job.asks
    let (log, name) = (job.log, name(work, remote))
    let shown = UncheckedProgress(progress: job.asks ? nil : progress)
    git.onErrors = { bytes in
      log.append(bytes)
      if let text = log.lastLine { shown.progress?.show(name, text) }
    }
    if !job.asks { progress.show(name, "fetching") }
    var words = ["fetch", "--progress"]
    if prunes { words.append("--prune") }
    // All that was fetched is in FETCH_HEAD, as with `git fetch --all`.
    if remote.number > 0 { words.append("--append") }
    if let info, leavesSubmodulesAlone(info) { words.append("--no-recurse-submodules") }
    var process = git.process(words + ["--", work.report.fetches[remote.number].remote])
    // It takes its locks and what it has not finished with it.
    process.grace = 5
    return process
  }

  /// Whether nothing of the user's settings says that submodules are fetched; git does so by itself where they changed.
  private func leavesSubmodulesAlone(_ info: RepositoryInfo) -> Bool {
    guard Files.kind(of: info.commonDirectory.appending("modules")) == .directory else { return false }
    let pattern = #"^(fetch\.recursesubmodules|submodule\.recurse|submodule\..*\.fetchrecursesubmodules)$"#
    let git = GitProgram(.person, at: info.workTree ?? info.gitDirectory)
    return (try? git.output(["config", "--get-regexp", pattern])) ?? nil == nil
  }

  private func error(
    _ result: Swift.Result<ChildProcess.Result, SystemError>, _ job: Job
  ) -> UpdateError? {
    switch result {
    case .failure:
      Interruption.signal != nil ? .interrupted : .failed(status: -1, reason: "git could not be run")
    case .success(let ended):
      switch ended.termination {
      case .exited(0): nil
      case .exited(let status): .failed(status: status, reason: job.log.reason)
      case .signalled(let signal): .signalled(signal)
      case .silent: .silent(seconds: Int(silenceLimit ?? 0))
      }
    }
  }
}

/// The receiver of progress, for a closure that only the thread that waits for children calls.
private struct UncheckedProgress: @unchecked Sendable {
  let progress: (any UpdateProgress)?
}
