import CGit2
import SystemSupport
import ByteStrings

/// Questions about history.
extension Repository {
  /// The best common ancestors of two commits, of which none is an ancestor of another; none when they share no history.
  ///
  /// They are several where each side has merged what the other had merged before, as with two remotes.
  public func mergeBases(_ left: ObjectID, _ right: ObjectID) throws(GitError) -> [ObjectID] {
    var bases = git_oidarray()
    defer { git_oidarray_dispose(&bases) }
    var left = left.raw
    var right = right.raw
    let code = git_merge_bases(&bases, handle.raw, &left, &right)
    guard try checkFound(code, "looking for a common history in", gitDirectory.visible) else { return [] }
    return (0..<bases.count).compactMap { ObjectID(bases.ids[$0]) }
  }

  /// One of the best common ancestors of two commits; nil when they share no history.
  public func mergeBase(_ left: ObjectID, _ right: ObjectID) throws(GitError) -> ObjectID? {
    try mergeBases(left, right).first
  }

  /// Reads every commit that `commit` has and none of `known` has: what cannot be read, or is larger than a commit may
  /// be, is reported here, before anything relies on it.
  public func requireReadable(_ commit: ObjectID, beyond known: [ObjectID]) throws(GitError) {
    try eachCommit(from: [commit], beyond: known) { (_) throws(GitError) in true }
  }

  /// The merges that `commit` has and `known` has not, newest first; nil where they are more than `limit`.
  public func merges(in commit: ObjectID, beyond known: ObjectID, limit: Int) throws(GitError) -> [ObjectID]?
  {
    var merges: [ObjectID] = []
    var isTooMany = false
    try eachCommit(from: [commit], beyond: [known]) { (id) throws(GitError) in
      guard try self.commit(id).parents.count > 1 else { return true }
      isTooMany = merges.count == limit
      merges.append(id)
      return !isTooMany
    }
    return isTooMany ? nil : merges
  }

  /// Goes through the commits that these can reach, newest first.
  ///
  /// - Parameters:
  ///   - limit: the most commits that are looked at.
  ///   - visit: called with each one; false ends it.
  public func walk(
    from commits: [ObjectID], limit: Int, _ visit: (Commit) throws(GitError) -> Bool
  ) throws(GitError) {
    var left = limit
    guard left > 0 else { return }
    try eachCommit(from: commits, beyond: [], byTime: true) { (id) throws(GitError) in
      left -= 1
      return try visit(commit(id)) && left > 0
    }
  }

  /// The commits that `commit` has and `known` has not, the newest first.
  ///
  /// - Parameter limit: how many are returned at most.
  public func commits(of commit: ObjectID, beyond known: ObjectID?, limit: Int) throws(GitError) -> [ObjectID]
  {
    var commits: [ObjectID] = []
    guard limit > 0 else { return commits }
    try eachCommit(from: [commit], beyond: known.map { [$0] } ?? [], byTime: true) { (id) throws(GitError) in
      commits.append(id)
      return commits.count < limit
    }
    return commits
  }

  /// Goes through the commits that some can reach and others cannot, as git-rev-list(1) does, until `visit` returns false.
  ///
  /// - Parameter byTime: the newest first, also where that is not how they follow each other.
  private func eachCommit(
    from commits: [ObjectID], beyond known: [ObjectID], byTime: Bool = false,
    _ visit: (ObjectID) throws(GitError) -> Bool
  ) throws(GitError) {
    let action = "reading the history of"
    let subject = commits.count == 1 ? commits[0].hex : gitDirectory.visible
    var walk: OpaquePointer?
    try check(git_revwalk_new(&walk, handle.raw), action, subject)
    defer { git_revwalk_free(walk) }
    if byTime { try check(git_revwalk_sorting(walk, GIT_SORT_TIME.rawValue), action, subject) }
    var raw = git_oid()
    for id in commits {
      raw = id.raw
      try check(git_revwalk_push(walk, &raw), action, id.hex)
    }
    for id in known {
      raw = id.raw
      try check(git_revwalk_hide(walk, &raw), action, id.hex)
    }
    while true {
      let code = git_revwalk_next(&raw, walk)
      if code == GIT_ITEROVER.rawValue { return }
      try check(code, action, subject)
      guard try visit(ObjectID(raw)) else { return }
    }
  }

  /// Whether `ancestor` is `commit`, or can be reached from it.
  public func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
    if ancestor == commit { return true }
    var raw = commit.raw
    var rawAncestor = ancestor.raw
    let code = git_graph_descendant_of(handle.raw, &raw, &rawAncestor)
    return try check(code, "looking at the history of", commit.hex) == 1
  }

  /// The commit that `text` names, in the language of gitrevisions(7): a hash or an abbreviation, a ref, `main~1`,
  /// `main@{1}`; nil where it names none.
  ///
  /// - Throws: `invalid` for an abbreviation that fits more than one object, or is too short to be looked up.
  public func revparse(_ text: String) throws(GitError) -> ObjectID? {
    let action = "looking for the commit"
    let subject = "“\(Quoting.visible(text))”"
    var object: OpaquePointer?
    let code = try git_revparse_single(&object, handle.raw, text.checkedCText(action))
    if code == GIT_EINVALIDSPEC.rawValue { return nil }
    if code == GIT_EAMBIGUOUS.rawValue {
      throw GitError(
        .invalid, action, subject,
        reason: "it fits more than one object, or is shorter than 4 digits; write more of it",
        code: .ambiguous)
    }
    guard try checkFound(code, action, subject) else { return nil }
    defer { git_object_free(object) }
    var commit: OpaquePointer?
    let peeled = git_object_peel(&commit, object, GIT_OBJECT_COMMIT)
    if peeled == GIT_EPEEL.rawValue || peeled == GIT_EINVALIDSPEC.rawValue { return nil }
    guard try checkFound(peeled, action, subject) else { return nil }
    defer { git_object_free(commit) }
    return ObjectID(git_object_id(commit))
  }
}
