import ByteStrings
import Git
import SystemSupport
public import Terminal
public import Updating

extension UpdateError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .gone(let path):
      .fatal(
        "its directory is gone from \(path.visible)",
        hints: "'dev-infra refresh' looks for it nearby, 'dev-infra clone --missing' brings it back")
    case .unusable(let error): Failure(error)
    case .failed(let status, let reason): .fatal(reason ?? "git ended with status \(status)")
    case .signalled(let signal): .fatal("git was ended by signal \(signal)")
    case .silent(let seconds):
      .fatal(
        "git said nothing for \(seconds) seconds",
        hints: "'dev-infra config dev-infra.timeout SECONDS' allows more, 0 has no limit")
    case .hostNotReached(let host):
      .fatal("\(Quoting.visible(host)) was not reached for others, and is not tried again")
    case .interrupted: .fatal("it was interrupted")
    }
  }
}

extension UpdateReport.Reason {
  /// Why a branch is left alone, in words that follow its name.
  ///
  /// - Parameter upstream: its upstream's ref.
  public func words(upstream: String) -> String {
    switch self {
    case .diverged(let ahead, let behind):
      "has diverged from \(UpdateReport.short(upstream)) (\(ahead) ahead, \(behind) behind)"
    case .changed(let path): "is checked out with changes in \(path.visible)"
    case .inProgress(let operation): "has a \(operation.rawValue) in progress"
    case .locked(let path): "is checked out in \(path.visible), whose index is locked"
    case .workTreeGone(let path): "is checked out in \(path.visible), which is gone"
    case .workTreeElsewhere:
      "is checked out where only 'git --work-tree' knows; 'git pull' brings it up to date together with its files"
    case .workTreeOfAnother(let path):
      "is checked out in \(path.visible), which is not a work tree of this repository; see 'git worktree prune' and 'git worktree repair'"
    case .refused(let reason): reason ?? "git gave no reason"
    }
  }

  /// As ``words(upstream:)``, in one word for programs.
  public var key: String {
    switch self {
    case .diverged: "diverged"
    case .changed: "changed"
    case .inProgress(let operation): operation.rawValue
    case .locked: "locked"
    case .workTreeGone: "gone"
    case .workTreeElsewhere: "elsewhere"
    case .workTreeOfAnother: "foreign"
    case .refused: "refused"
    }
  }
}

extension UpdateReport {
  /// An upstream as a person types it, safe for a terminal: `origin/main`.
  public static func short(_ upstream: String) -> String {
    let start = ["refs/remotes/", "refs/heads/"].first { upstream.begins(with: $0) } ?? ""
    return Quoting.visible(String(upstream.dropFirst(start.count)))
  }
}
