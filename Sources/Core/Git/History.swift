import CGit2
import SystemSupport

/// Walks through commits.
enum History {
  /// The commits that some of `tips` have and none of `known` has.
  static func commits(
    in tips: [ObjectID], beyond known: Set<ObjectID>, of repository: OpaquePointer
  ) throws(GitError) -> Set<ObjectID> {
    let action = "reading the history of"
    var walk: OpaquePointer?
    try check(git_revwalk_new(&walk, repository), action, "the branches")
    defer { git_revwalk_free(walk) }
    // Called for every commit on the way: a long walk makes progress.
    try check(
      git_revwalk_add_hide_cb(
        walk,
        { _, _ in
          Watch.sign()
          return 0
        }, nil), action, "the branches")
    for id in tips {
      var raw = id.raw
      try check(git_revwalk_push(walk, &raw), action, id.hex)
    }
    for id in known {
      var raw = id.raw
      // A ref may name what is not a commit.
      _ = git_revwalk_hide(walk, &raw)
    }
    var found: Set<ObjectID> = []
    var raw = git_oid()
    while true {
      let code = git_revwalk_next(&raw, walk)
      if code == GIT_ITEROVER.rawValue { return found }
      try check(code, action, "the branches")
      found.insert(ObjectID(raw))
    }
  }
}
