import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// Reads what of a repository exists here only, within an examination.
struct UnsavedReader {
  let known: Set<FilePath>
  var depth = 0
  /// Whether the repository's refs are read together with those of the one that this is a part of.
  var readsRefs = true
  /// Whether it is the git directory of a submodule that is not checked out, which names a work tree that is not there.
  var isWithoutWorkTree = false

  func read(at directory: FilePath) throws(GitError) -> UnsavedWork {
    var work = UnsavedWork()
    if isWithoutWorkTree {
      try Ownership.check(gitDirectory: directory, workTree: nil)
      try GitDirectoryCheck.gitDirectory(directory)
      try GitDirectoryCheck.objects(directory.appending("objects"))
    } else {
      work.state = try StateReader(alwaysUntracked: true).read(at: directory)
    }
    // Those of a linked worktree are its repository's.
    if !readsRefs { work.state.stashes = 0 }
    Watch.sign()
    let handle: RepositoryHandle
    do throws(GitError) {
      handle = try RepositoryHandle(
        opening: directory,
        flags: git_repository_open_flag_t(
          rawValue: isWithoutWorkTree ? GIT_REPOSITORY_OPEN_BARE.rawValue : 0),
        ceilings: Environment["GIT_CEILING_DIRECTORIES"] ?? "")
    } catch  where error.kind == .unsupportedExtension || error.kind == .ownedBySomeoneElse {
      try readByProgram(directory, &work)
      return work
    }
    try handle.guardObjects()
    let gitDirectory = FilePath(fromC: git_repository_path(handle.raw)) ?? directory
    let common = FilePath(fromC: git_repository_commondir(handle.raw)) ?? gitDirectory
    let workTree = FilePath(fromC: git_repository_workdir(handle.raw)).map { $0.resolved ?? $0 }
    let configuration = try Configuration(of: handle.raw)
    // Without its work tree git may not even start there.
    if !isWithoutWorkTree, try SettingsOfGitAlone.areIn(configuration, of: gitDirectory) {
      try readByProgram(directory, &work)
      return work
    }
    if isWithoutWorkTree, try ReferenceHandle("refs/stash", in: handle) != nil {
      try GitDirectoryCheck.reference("logs/refs/stash", in: common)
      let log = (try? Files.read(common.pushing(FilePath("logs/refs/stash")), limit: Limits.packedRefs)) ?? []
      work.state.stashes = max(1, log.count { $0 == UInt8(ascii: "\n") })
    }
    if readsRefs {
      let survey = RefSurvey(
        source: LibGit2RefSource(handle, common), places: try RemotePlaces(of: configuration),
        email: try email(configuration, gitDirectory, workTree), common: common, gitDirectory: gitDirectory)
      try survey.read(&work)
      Watch.sign()
      work.lfsFiles = try LFSStore(common, LFSSettings(of: configuration))
        .unshown(hasRemoteElsewhere: work.hasRemoteElsewhere, workTree: workTree)
      let entries = try configuration.entries { key in
        CStrings.begins(key, with: "annex.") || CStrings.begins(key, with: "remote.")
          || CStrings.begins(key, with: "url.")
      }
      attempt(.annex, &work) { (work) throws(GitError) in
        work.annexedFiles = try AnnexStore(gitDirectory, common, entries).unshown()
      }
    }
    if workTree == nil, !isWithoutWorkTree, WorkTreeOperations.hasIndex(gitDirectory),
      BareLayout.linkedWorkTrees(of: common).isEmpty
    {
      work.hasWorkTreeElsewhere = true
    }
    if let workTree {
      work.hidden = try hidden(handle.raw, configuration, gitDirectory, workTree)
      work.ignoredHere = try IgnoredHere(
        gitDirectory, common, workTree, excludesFile: configuration.string("core.excludesFile")
      ).count(hasIgnoredRules: work.state.hasIgnoredRules)
    }
    let submodules = workTree == nil ? [] : Self.submodules(handle.raw)
    readParts(common, workTree ?? directory, submodules, &work)
    return work
  }

  /// Whose address is on what the user makes there.
  private func email(
    _ configuration: borrowing Configuration, _ gitDirectory: FilePath, _ workTree: FilePath?
  ) throws(GitError) -> String? {
    guard try SettingsOfGitAlone.arePassedOver(by: configuration) else {
      return try configuration.string("user.email")
    }
    return try GitCLIReader.setting("user.email", gitDirectory, workTree)
  }

  /// The same for a format that libgit2 refuses. What git cannot tell either is noted as unknown.
  private func readByProgram(_ directory: FilePath, _ work: inout UnsavedWork) throws(GitError) {
    let reader = try GitCLIUnsavedReader(at: directory)
    let (gitDirectory, common) = (reader.info.gitDirectory, reader.info.commonDirectory)
    let workTree = reader.info.workTree
    if readsRefs {
      attempt(.refs, &work) { (work) throws(GitError) in try reader.readRefs(&work) }
      attempt(.lfs, &work) { (work) throws(GitError) in
        work.lfsFiles = try LFSStore(common, LFSSettings(reader.settings))
          .unshown(hasRemoteElsewhere: work.hasRemoteElsewhere, workTree: workTree)
      }
      attempt(.annex, &work) { (work) throws(GitError) in
        work.annexedFiles = try AnnexStore(gitDirectory, common, reader.settings).unshown()
      }
    }
    var submodules: [String] = []
    if let workTree {
      attempt(.hiddenFiles, &work) { (work) throws(GitError) in
        work.hidden = try GitCLIUnsavedReader.hidden(gitDirectory, workTree)
      }
      attempt(.ignoredFiles, &work) { (work) throws(GitError) in
        work.ignoredHere = try IgnoredHere(
          gitDirectory, common, workTree, excludesFile: reader.setting("core.excludesfile")
        ).count(hasIgnoredRules: true)
      }
      attempt(.submodules, &work) { (_) throws(GitError) in submodules = try reader.submodules() }
    }
    readParts(common, workTree ?? directory, submodules, &work)
  }

  private func attempt(
    _ aspect: UnsavedWork.Aspect, _ work: inout UnsavedWork,
    _ body: (inout UnsavedWork) throws(GitError) -> Void
  ) {
    Watch.sign()
    do throws(GitError) {
      try body(&work)
    } catch {
      work.unexamined.append(aspect)
    }
  }

  /// Other work trees of the repository, and its submodules.
  private func readParts(
    _ common: FilePath, _ own: FilePath, _ submodules: [String], _ work: inout UnsavedWork
  ) {
    guard depth < Limits.submoduleDepth else { return }
    if readsRefs { readWorkTrees(common, besides: own, &work) }
    let seen = readSubmodules(submodules, own, &work)
    if readsRefs { readModules(common, besides: seen, &work) }
  }

  // MARK: Other work trees

  private func readWorkTrees(_ common: FilePath, besides own: FilePath, _ work: inout UnsavedWork) {
    var places = BareLayout.linkedWorkTrees(of: common)
    // A linked one is looked at with its repository's main one.
    if !GitDirectory.isOne(own), common.lastComponent?.string == ".git" {
      places.append(common.removingLastComponent())
    }
    for place in places where place != own && !known.contains(place) {
      var inner = self
      inner.depth += 1
      inner.readsRefs = false
      add(place, inner, &work)
    }
    for place in BareLayout.lostWorkTrees(of: common) where !known.contains(place) {
      work.parts.append(
        .init(path: place, work: nil, error: "the worktree is not there; 'git worktree prune' forgets it"))
    }
  }

  private static func submodules(_ repository: OpaquePointer) -> [String] {
    var index: OpaquePointer?
    guard git_repository_index(&index, repository) == 0, let index else { return [] }
    defer { git_index_free(index) }
    return IndexSummary(index, part: nil).submodules.map(\.path)
  }

  /// - Returns: the git directories of those that are checked out.
  private func readSubmodules(
    _ submodules: [String], _ workTree: FilePath, _ work: inout UnsavedWork
  ) -> Set<FilePath> {
    var seen: Set<FilePath> = []
    for submodule in submodules {
      let path = workTree.pushing(FilePath(text: submodule))
      guard Files.kind(of: path.appending(".git")) != nil else { continue }
      if let directory = GitDirectory.ofWorkTree(path)?.resolved { seen.insert(directory) }
      guard !known.contains(path) else { continue }
      var inner = self
      inner.depth += 1
      inner.readsRefs = true
      add(path, inner, &work)
    }
    return seen
  }

  /// The repositories of submodules that the index does not have, or that are not checked out: their commits are there
  /// nevertheless, and their files may be.
  private func readModules(_ common: FilePath, besides seen: Set<FilePath>, _ work: inout UnsavedWork) {
    var folders = [(common.appending("modules"), 0)]
    while let (folder, level) = folders.popLast() {
      guard level <= 6, Files.kind(of: folder, followingLinks: false) == .directory else { continue }
      if GitDirectory.isOne(folder) {
        guard !seen.contains(folder.resolved ?? folder) else { continue }
        var inner = UnsavedReader(known: known)
        inner.depth = depth + 1
        let workTree = Self.workTree(of: folder)
        inner.isWithoutWorkTree = workTree == nil
        if let workTree, known.contains(workTree) { continue }
        add(workTree ?? folder, inner, &work)
        continue
      }
      Watch.sign()
      for name in (try? Files.names(in: folder)) ?? [] {
        folders.append((folder.pushing(FilePath(bytes: name)), level + 1))
      }
    }
  }

  /// The work tree of a submodule's git directory; nil where it is not checked out.
  private static func workTree(of gitDirectory: FilePath) -> FilePath? {
    guard let directory = OpenFile(gitDirectory, options: .directory),
      let named = GitDirectory.namedWorkTree(directory.descriptor)
    else { return nil }
    let path = named.isAbsolute ? named : gitDirectory.pushing(named)
    return GitDirectory.ofWorkTree(path)?.resolved == gitDirectory.resolved ? path.resolved ?? path : nil
  }

  private func add(_ path: FilePath, _ reader: UnsavedReader, _ work: inout UnsavedWork) {
    do throws(GitError) {
      let found = try reader.read(at: path)
      if !found.isEmpty { work.parts.append(.init(path: path, work: found, error: nil)) }
    } catch {
      work.parts.append(.init(path: path, work: nil, error: error.message))
    }
  }

  // MARK: What git does not look at

  /// How many of the files that git is told not to look at differ from the index.
  private func hidden(
    _ repository: OpaquePointer, _ configuration: borrowing Configuration, _ gitDirectory: FilePath,
    _ workTree: FilePath
  ) throws(GitError) -> Int {
    var index: OpaquePointer?
    // One that libgit2 cannot read is asked of git.
    guard git_repository_index(&index, repository) == 0, let index else {
      return try GitCLIUnsavedReader.hidden(gitDirectory, workTree)
    }
    defer { git_index_free(index) }
    var differing: [[UInt8]] = []
    var count = 0
    for name in IndexSummary(index, part: nil).hidden {
      Watch.sign()
      let path = name.text.cText
      guard let entry = git_index_get_bypath(index, path, 0) else { continue }
      let file = workTree.pushing(FilePath(text: name.text))
      guard let status = Stat(at: file, followingLinks: false) else {
        // What a sparse checkout leaves out is not there, and is not changed.
        if entry.pointee.flags & 0x8000 != 0 { count += 1 }
        continue
      }
      if status.kind == .file, entry.pointee.mode & 0o170000 == 0o100000 {
        var id = git_oid()
        var stored = entry.pointee.id
        Watch.sign(allowing: Double(Int(status.size) / Limits.comparedPerSecond) + 1)
        let code = git_repository_hashfile(&id, repository, file.cText, GIT_OBJECT_BLOB, path)
        if code != 0 || git_oid_equal(&id, &stored) == 0 { differing.append(ByteText.bytes(of: name.text)) }
      } else if status.kind == .link, entry.pointee.mode & 0o170000 == 0o120000 {
        let id = try ObjectID.hash(blob: (try? Files.target(ofLink: file)) ?? [])
        if id != ObjectID(entry.pointee.id) { count += 1 }
      } else {
        count += 1
      }
    }
    if !differing.isEmpty {
      let judge = try FilterJudge(repository, configuration, gitDirectory: gitDirectory, workTree: workTree)
      count += differing.count - (try judge.judge(different: differing, askingGit: false).unchanged)
    }
    return count
  }
}
