import Git
import ByteStrings
public import WorkTreeState

extension CheckoutState {
  /// What is left undone in the checkout, as a clause, safe for a terminal.
  public var clause: String {
    guard let repository else { return isMissing ? "gone" : "not readable" }
    var parts = undone
    if let behind = currentBranch?.behind, behind > 0 {
      parts.append("\(behind) commit\(behind == 1 ? "" : "s") behind")
    }
    let text = parts.isEmpty ? "nothing left undone" : parts.joined(separator: ", ")
    return repository.remotes.isEmpty ? text + ", no remote" : text
  }

  /// What in the checkout may be nowhere else, as a clause, safe for a terminal.
  public var unsavedClause: String {
    guard repository != nil else { return clause }
    return (undone + (hasNoRemote && isUnpushed ? ["no remote"] : [])).joined(separator: ", ")
  }

  private var undone: [String] {
    guard let repository else { return [] }
    var parts: [String] = []
    func add(_ number: Int, _ one: String, _ many: String? = nil) {
      if number > 0 { parts.append("\(number) \(number == 1 ? one : many ?? one)") }
    }
    if let operation = repository.operation { parts.append("\(operation.rawValue) in progress") }
    add(repository.conflicted, "in conflict")
    add(repository.staged, "staged")
    add(repository.changed, "changed")
    add(repository.unsure, "that cannot be judged")
    add(repository.untracked, "untracked")
    add(repository.stashes, "stash", "stashes")
    if !hasNoRemote {
      add(repository.branches.count { !$0.isOnRemote }, "branch not pushed", "branches not pushed")
      if repository.operation == nil {
        add(repository.headOnly, "commit on no branch", "commits on no branch")
      }
    }
    return parts
  }
}
