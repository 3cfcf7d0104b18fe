import Terminal
import Git
import ByteStrings
import RegistryStore

/// What became of a registry commit that was sent: for people on standard error, for scripts in the form of `git push --porcelain`.
struct SendReport {
  /// The remote's name.
  let remote: String
  /// What was sent; nil where nothing is said of success.
  let sent: SentProjects?
  let isPorcelain: Bool
  let isDryRun: Bool

  /// - Returns: the exit status that goes with it.
  func show(
    _ result: SendResult, of target: ObjectID, in store: borrowing RegistryStore
  ) throws -> Int32 {
    let refs = "\(target.hex):refs/heads/main"
    var output = Output()
    switch result {
    case .upToDate:
      if isPorcelain { try output.line("=\t\(refs)\t[up to date]") }
      if sent != nil { Messages.note("Everything up to date") }
    case .sent(let old):
      let range = old.map { "\($0.hex.prefix(12))..\(target.hex.prefix(12))" } ?? "[new branch]"
      if isPorcelain { try output.line("\(old == nil ? "*" : " ")\t\(refs)\t\(range)") }
      if let sent {
        let what = try words(for: target, since: old, sent, in: store)
        Messages.note("\(isDryRun ? "Would send" : "Sent") \(what) to '\(Quoting.visible(remote))'")
      }
    case .rejected:
      if isPorcelain {
        try output.line("!\t\(refs)\t[rejected] (fetch first)")
      } else {
        Messages.error(
          "'\(Quoting.visible(remote))' has moved since it was last fetched; nothing has been sent")
        Messages.hint("'dev-infra push' fetches, merges and sends")
      }
    case .locked:
      if isPorcelain {
        try output.line("!\t\(refs)\t[rejected] (locked)")
      } else {
        Messages.error("'\(Quoting.visible(remote))' is locked by another push; nothing has been sent")
        Messages.hint(
          "where none is under way, one that was killed has left refs/heads/main.lock in that repository: remove it"
        )
      }
    case .partial(let reason):
      if isPorcelain { try output.line("!\t\(refs)\t[remote rejected] (\(reason))") }
      Messages.error("'\(Quoting.visible(remote))' has not got everything: \(reason)")
      Messages.hint("'dev-infra push' sends what is missing; nothing here has been changed")
    }
    try output.flush()
    switch result {
    case .upToDate, .sent: return ExitStatus.success
    case .rejected, .locked, .partial: return ExitStatus.no
    }
  }

  /// What was sent, in words: what a commit has that an older one lacks.
  private func words(
    for target: ObjectID, since old: ObjectID?, _ sent: SentProjects, in store: borrowing RegistryStore
  ) throws -> String {
    let count = try sent.count(in: target, since: old, of: store)
    if count > 0 { return "\(count) project\(count == 1 ? "" : "s")" }
    // The service's records lacked something of ours and have it now; its projects are the same.
    if old == target { return "what its records lacked" }
    // The merge took the remote's tree whole: only the history is new.
    if let old, try store.repository.commit(old).tree == store.repository.commit(target).tree {
      return "the history of a merge"
    }
    return "this machine's entry"
  }
}
