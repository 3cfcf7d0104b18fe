import ByteStrings
import SystemSupport
import Git
import Registry

/// A value of a checkout's state that a format can name: dev-infra-ls-state(1) lists them.
public enum StateAtom: String, Sendable, CaseIterable {
  case path, branch, head, upstream, ahead, behind, staged, changed, untracked, conflicted, unsure, submodules
  case stashes, operation, unpushed, branches, remotes
  case lastCommit = "last_commit"
  case lastFetch = "last_fetch"
  case error

  /// The atom's text; empty for what there is none of, numbers always.
  public func text(of state: CheckoutState) -> String {
    let repository = state.repository
    func number(_ number: Int?) -> String { number.map { String($0) } ?? "" }
    func time(_ seconds: Int64?) -> String {
      seconds.map { Timestamp(milliseconds: $0 * 1000).description } ?? ""
    }
    return switch self {
    case .path: state.path.text
    case .error: state.error ?? ""
    case .branch: repository?.branch ?? ""
    case .head: repository?.head ?? ""
    case .upstream: state.currentBranch?.upstream ?? ""
    case .ahead: number(state.currentBranch?.ahead)
    case .behind: number(state.currentBranch?.behind)
    case .staged: number(repository?.staged)
    case .changed: number(repository?.changed)
    case .untracked: number(repository?.untracked)
    case .conflicted: number(repository?.conflicted)
    case .unsure: number(repository?.unsure)
    case .submodules: number(repository?.submodules)
    case .stashes: number(repository?.stashes)
    case .operation: repository?.operation?.rawValue ?? ""
    case .unpushed:
      number(repository.map { $0.branches.count { !$0.isOnRemote } + ($0.headOnly > 0 ? 1 : 0) })
    case .branches: number(repository?.branches.count)
    case .remotes: repository?.remotes.joined(separator: ",") ?? ""
    case .lastCommit: time(repository?.lastCommit)
    case .lastFetch: time(repository?.lastFetch)
    }
  }
}
