import CGit2

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

  /// The last of `commit`'s first parents, or itself.
  init(before commit: ObjectID, in repository: borrowing RepositoryHandle) throws(GitError) {
    try repository.guardObjects()
    let head = try CommitHandle(commit, in: repository)
    // A walk is prepared for much more than a history of one commit.
    let first = git_commit_parentcount(head.raw) == 0 ? commit : try Self.walk(from: commit, repository)
    id = first.hex
    time = try CommitHandle(first, in: repository).authorTime
  }

  private static func walk(
    from head: ObjectID, _ repository: borrowing RepositoryHandle
  ) throws(GitError) -> ObjectID {
    let action = "reading the history of"
    var walk: OpaquePointer?
    try check(git_revwalk_new(&walk, repository.raw), action, head.hex)
    defer { git_revwalk_free(walk) }
    try check(git_revwalk_simplify_first_parent(walk), action, head.hex)
    var raw = head.raw
    try check(git_revwalk_push(walk, &raw), action, head.hex)
    var last = head
    while true {
      let code = git_revwalk_next(&raw, walk)
      if code == GIT_ITEROVER.rawValue { return last }
      try check(code, action, head.hex)
      last = ObjectID(raw)
    }
  }
}

extension CommitHandle {
  /// When its author made it, in seconds since 1970.
  fileprivate var authorTime: Int64? { git_commit_author(raw)?.pointee.when.time }
}
