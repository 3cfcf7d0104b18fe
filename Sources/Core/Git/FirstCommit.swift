import CGit2
import SystemSupport

/// The first commit of a line of history.
public struct FirstCommit: Sendable, Hashable {
  /// Its name in hexadecimal digits; 64 of them where hashes are SHA-256.
  public let id: String
  /// When it was made, in seconds since 1970; nil where the `git` program was asked.
  public let time: Int64?

  init(id: String, time: Int64?) {
    self.id = id
    self.time = time
  }

  /// The first commit that somebody has found: `commit`.
  init(found commit: ObjectID, in repository: borrowing RepositoryHandle) throws(GitError) {
    try repository.guardObjects()
    id = commit.hex
    time = try CommitHandle(commit, in: repository).authorTime
  }

  /// The last of `commit`'s first parents, or itself.
  ///
  /// - Throws: `unanswered` where it is not found within so many seconds.
  init(
    before commit: ObjectID, in repository: borrowing RepositoryHandle, seconds: Double = Limits.history
  ) throws(GitError) {
    try repository.guardObjects()
    let head = try CommitHandle(commit, in: repository)
    // A walk is prepared for much more than a history of one commit.
    let first =
      git_commit_parentcount(head.raw) == 0 ? commit : try Self.walk(from: commit, repository, seconds)
    id = first.hex
    time = try CommitHandle(first, in: repository).authorTime
  }

  /// Commits of one walk: it keeps each in memory, so a long history is walked in parts.
  private static let part = 1 << 16

  private static func walk(
    from head: ObjectID, _ repository: borrowing RepositoryHandle, _ seconds: Double
  ) throws(GitError) -> ObjectID {
    let end = Clock.monotonicSeconds + seconds
    // A commit-graph says what its author likes, also that a commit is its own ancestor (Brent's algorithm finds that).
    var mark = head
    var markedParts = 1
    var parts = 0
    var last = head
    while true {
      let (next, isOver) = try walkPart(from: last, head, end, repository)
      if isOver { return next }
      last = next
      if last == mark {
        throw GitError(.damaged, "reading the history of", head.hex, reason: "it has no beginning")
      }
      parts += 1
      if parts == markedParts {
        mark = last
        markedParts *= 2
        parts = 0
      }
    }
  }

  private static func walkPart(
    from start: ObjectID, _ head: ObjectID, _ end: Double, _ repository: borrowing RepositoryHandle
  ) throws(GitError) -> (last: ObjectID, isOver: Bool) {
    let action = "reading the history of"
    var walk: OpaquePointer?
    try check(git_revwalk_new(&walk, repository.raw), action, head.hex)
    defer { git_revwalk_free(walk) }
    try check(git_revwalk_simplify_first_parent(walk), action, head.hex)
    var raw = start.raw
    try check(git_revwalk_push(walk, &raw), action, head.hex)
    var last = start
    for count in 0..<part {
      let code = git_revwalk_next(&raw, walk)
      if code == GIT_ITEROVER.rawValue { return (last, true) }
      try check(code, action, head.hex)
      last = ObjectID(raw)
      guard count % 64 == 0 else { continue }
      Watch.sign()
      if Clock.monotonicSeconds > end {
        throw GitError(
          .unanswered, action, head.hex, reason: "it takes longer than \(Limits.historyText)")
      }
    }
    return (last, false)
  }
}

extension CommitHandle {
  /// When its author made it, in seconds since 1970.
  fileprivate var authorTime: Int64? { git_commit_author(raw)?.pointee.when.time }
}
