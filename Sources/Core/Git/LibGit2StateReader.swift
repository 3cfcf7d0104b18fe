import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// The state of a repository by libgit2, which runs nothing and, as it is asked here, writes nothing: with
/// `GIT_DIFF_UPDATE_INDEX` it would write a user's index anew, without what git keeps there of untracked files.
struct LibGit2StateReader: ~Copyable {
  private let reader: StateReader
  private let directory: FilePath
  private let handle: RepositoryHandle
  private let configuration: Configuration
  private let gitDirectory: FilePath
  private let common: FilePath
  private let workTree: FilePath?
  private var state = RepositoryState()

  init(_ reader: StateReader, _ repository: CheckedRepository) throws(GitError) {
    let directory = repository.directory
    let handle = try RepositoryHandle(repository)
    let gitDirectory = FilePath(fromC: git_repository_path(handle.raw)) ?? directory
    let common = FilePath(fromC: git_repository_commondir(handle.raw)) ?? gitDirectory
    let workTree = repository.workTree(of: handle)
    if let workTree { try StateReader.requireClaim(workTree, gitDirectory) }
    try GitDirectoryCheck.objects(common.appending("objects"))
    // Before libgit2 reads a setting: this adds the files that the environment names.
    let configuration = try Configuration(of: handle.raw)
    try SettingsOfGitAlone.refuse(configuration, gitDirectory)
    try handle.guardObjects()
    self.reader = reader
    self.directory = directory
    self.handle = handle
    self.configuration = configuration
    self.gitDirectory = gitDirectory
    self.common = common
    self.workTree = workTree
  }

  consuming func read() throws(GitError) -> RepositoryState {
    try readHead()
    try readBranches()
    try readStashes()
    if workTree == nil {
      state.isBare = true
    } else {
      state.operation = StateReader.operation(gitDirectory)
      try readWorkTree()
    }
    return state
  }

  // MARK: HEAD, branches, stashes

  private mutating func readHead() throws(GitError) {
    guard let reference = try ReferenceHandle("HEAD", in: handle) else { return }
    state.branch = git_reference_symbolic_target(reference.raw).map { ByteText.string(fromC: $0) }
      .flatMap { $0.begins(with: "refs/heads/") ? String($0.dropFirst(11)) : $0 }
    var id = git_oid()
    guard
      try checkFound(git_reference_name_to_id(&id, handle.raw, "HEAD".cText), "reading", "HEAD")
    else { return }
    state.head = ObjectID(id).hex
    var commit: OpaquePointer?
    try check(git_commit_lookup(&commit, handle.raw, &id), "reading the commit of", "HEAD")
    defer { git_commit_free(commit) }
    state.lastCommit = git_commit_time(commit)
  }

  private mutating func readBranches() throws(GitError) {
    var settings = RemoteSettings(try configuration.entries(RemoteSettings.isWanted))
    state.remotes = settings.remotes.map(\.name)
    let remote = RemoteSettings.primary(
      of: settings.remotes, defaultName: settings.defaultRemoteName,
      currentBranchRemote: settings.remote(ofBranch: state.branch))
    state.lastFetch = StateReader.lastFetch(gitDirectory, common, remote: remote?.name)

    let isDetached = state.branch == nil && state.head != nil
    var locals: [(name: String, id: ObjectID)] = []
    var remotes: Set<ObjectID> = []
    var tags: Set<ObjectID> = []
    try eachReference { name, id in
      if name.begins(with: "refs/heads/") {
        locals.append((name, id))
      } else if name.begins(with: "refs/remotes/") {
        remotes.insert(id)
      } else if isDetached, name.begins(with: "refs/tags/") {
        tags.insert(id)
      }
    }
    if isDetached, let head = state.head.flatMap({ ObjectID(hex: $0) }) {
      let known = remotes.union(tags).union(locals.map(\.id))
      state.headOnly =
        try known.contains(head) ? 0 : History.commits(in: [head], beyond: known, of: handle.raw).count
    }
    locals.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var undecided: [ObjectID] = []
    for (name, id) in locals {
      var branch = RepositoryState.Branch(
        name: String(name.dropFirst(11)), upstream: nil, ahead: nil, behind: nil,
        isOnRemote: remotes.contains(id))
      try readUpstream(id, &settings, &branch)
      if !branch.isOnRemote { undecided.append(id) }
      state.branches.append(branch)
    }
    guard !undecided.isEmpty, !remotes.isEmpty else { return }
    let unpushed = try History.commits(in: undecided, beyond: remotes, of: handle.raw)
    for index in state.branches.indices where !state.branches[index].isOnRemote {
      state.branches[index].isOnRemote = !unpushed.contains(locals[index].id)
    }
  }

  private func readUpstream(
    _ id: ObjectID, _ settings: inout RemoteSettings, _ branch: inout RepositoryState.Branch
  ) throws(GitError) {
    // One that no remote's refspec maps to a ref does not exist for git either.
    guard let upstream = settings.upstream(ofBranch: branch.name) else { return }
    branch.upstream = StateReader.short(upstream)
    var target = git_oid()
    guard
      try checkFound(
        git_reference_name_to_id(&target, handle.raw, upstream.cText), "reading the ref",
        Quoting.visible(upstream))
    else { return }
    (branch.ahead, branch.behind) = (0, 0)
    guard ObjectID(target) != id else { return }
    var (ahead, behind) = (0, 0)
    var local = id.raw
    Watch.sign(allowing: Limits.graph)
    try check(
      git_graph_ahead_behind(&ahead, &behind, handle.raw, &local, &target), "comparing the branch",
      Quoting.visible(branch.name))
    Watch.sign()
    (branch.ahead, branch.behind) = (ahead, behind)
    if ahead == 0, upstream.begins(with: "refs/remotes/") { branch.isOnRemote = true }
  }

  /// Calls `body` with every ref and the object that it names; not with those that lead nowhere.
  private func eachReference(_ body: (String, ObjectID) -> Void) throws(GitError) {
    var iterator: OpaquePointer?
    try check(git_reference_iterator_new(&iterator, handle.raw), "listing the refs of", gitDirectory.visible)
    defer { git_reference_iterator_free(iterator) }
    var count = 0
    while true {
      var reference: OpaquePointer?
      let code = git_reference_next(&reference, iterator)
      if code == GIT_ITEROVER.rawValue { return }
      try check(code, "listing the refs of", gitDirectory.visible)
      defer { git_reference_free(reference) }
      count += 1
      if count % 1024 == 0 { Watch.sign() }
      guard let name = git_reference_name(reference) else { continue }
      if let target = git_reference_target(reference) {
        body(ByteText.string(fromC: name), ObjectID(target.pointee))
        continue
      }
      // A symbolic ref, such as a remote's HEAD.
      var target = git_oid()
      guard git_reference_name_to_id(&target, handle.raw, name) == 0 else { continue }
      body(ByteText.string(fromC: name), ObjectID(target))
    }
  }

  private mutating func readStashes() throws(GitError) {
    guard try ReferenceHandle("refs/stash", in: handle) != nil else { return }
    var reflog: OpaquePointer?
    try GitDirectoryCheck.reference("logs/refs/stash", in: common)
    try check(
      git_reflog_read(&reflog, handle.raw, "refs/stash".cText), "reading the stashes of", directory.visible)
    defer { git_reflog_free(reflog) }
    state.stashes = max(1, git_reflog_entrycount(reflog))
  }

  // MARK: The work tree

  private mutating func readWorkTree() throws(GitError) {
    guard let workTree else { return }
    try GitDirectoryCheck.index(of: gitDirectory)
    var index: OpaquePointer?
    try check(git_repository_index(&index, handle.raw), "reading the index of", directory.visible)
    defer { git_index_free(index) }
    guard let index else { return }
    let part = part(of: workTree)
    let entries = IndexSummary(index, part: part)
    let comparison = WorkTreeComparison(handle.raw, index, entries, part: part, workTree: workTree)
    state.conflicted = try comparison.conflicts()
    // git follows no link in the place of such a file, and libgit2 does.
    let rules = workTree.appending(IgnoredHere.rules)
    if entries.hasLinkedRules || Files.kind(of: rules, followingLinks: false) == .link {
      throw GitError(
        .unsupportedExtension, "reading", workTree.visible, reason: "a .gitignore in it is a symbolic link")
    }
    entries.show(index)
    state.staged = try comparison.staged(head: state.head, findingRenames: try findsRenames())
    let found = try comparison.changed(withUntracked: try wantsUntracked())
    state.changed = found.changed + entries.intentToAdd.count
    state.untracked = found.untracked
    state.hasIgnoredRules = found.hasIgnoredRules
    state.unsure = found.unreadable
    if !found.modified.isEmpty || !found.same.isEmpty {
      let verdict = try FilterJudge(handle.raw, configuration, gitDirectory: gitDirectory, workTree: workTree)
        .judge(different: found.modified, same: found.same)
      state.changed += verdict.changed - verdict.unchanged - verdict.unsure
      state.unsure += verdict.unsure
    }
    try readSubmodules(entries.submodules, workTree)
  }

  /// The directory below the root that was asked for; nil for the root.
  private func part(of workTree: FilePath) -> WorkTreePart? {
    guard var path = directory.resolved, path != workTree, path.removePrefix(workTree), !path.isEmpty else {
      return nil
    }
    return WorkTreePart(path: path)
  }

  private func wantsUntracked() throws(GitError) -> Bool {
    if reader.alwaysUntracked { return true }
    let word = try configuration.string("status.showUntrackedFiles")?.lowercased()
    return !(word == "no" || word == "false" || word == "off" || word == "0")
  }

  private func findsRenames() throws(GitError) -> Bool {
    var word = try configuration.string("status.renames")
    if word == nil { word = try configuration.string("diff.renames") }
    return !["no", "false", "off", "0"].contains(word?.lowercased())
  }

  // MARK: Submodules

  private mutating func readSubmodules(
    _ submodules: [IndexSummary.Submodule], _ workTree: FilePath
  ) throws(GitError) {
    if submodules.isEmpty { return }
    let ignoredByDefault = try ignoringByDefault()
    var rules = SubmoduleRules(workTree)
    for submodule in submodules {
      Watch.sign()
      let path = workTree.pushing(FilePath(text: submodule.path))
      let difference = reader.difference(of: submodule, at: path)
      if difference == .none { continue }
      // A name that no setting can have is none of theirs.
      let ignored =
        try rules.ignored(submodule.path) { (try? configuration.string($0)) ?? nil } ?? ignoredByDefault
      if ignored.hides(difference) { continue }
      if difference == .unsure {
        state.unsure += 1
      } else {
        state.changed += 1
        state.submodules += 1
      }
    }
  }

  /// Which differences of submodules git is told not to show.
  private func ignoringByDefault() throws(GitError) -> SubmoduleRules.Ignored {
    SubmoduleRules.Ignored(
      forAll: try configuration.string("diff.ignoreSubmodules"), showsUntracked: try wantsUntracked())
  }
}

extension StateReader {
  /// How a submodule's work tree differs from what the repository around it has of it.
  enum SubmoduleDifference {
    case none, untracked, content, commit, unsure
  }

  /// Looks at a submodule as at a repository of its own: its settings are as foreign as those around it.
  func difference(of submodule: IndexSummary.Submodule, at path: FilePath) -> SubmoduleDifference {
    guard Files.kind(of: path, followingLinks: false) == .directory else { return .commit }
    // Not initialised.
    guard Files.kind(of: path.appending(".git")) != nil else { return .none }
    guard depth < Limits.submoduleDepth else { return .unsure }
    var inner = self
    inner.depth += 1
    guard let state = try? inner.read(at: path) else { return .unsure }
    if state.head != nil, state.head != submodule.commit { return .commit }
    if state.staged + state.changed + state.conflicted > 0 { return .content }
    if state.unsure > 0 { return .unsure }
    return state.untracked > 0 ? .untracked : .none
  }
}
