import Git
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// The linked worktrees of a clone: those that another machine with the project has.
extension Cloner {
  /// Makes a bare repository of a clone without files: work trees are made beside it.
  func makeBare(_ task: CloneTask, in work: FilePath) throws {
    guard let layout = task.layout, let bare = layout.bare else { return }
    let result = try git(at: work).run(["config", "--local", "core.bare", "true"])
    guard result.termination == .exited(0) else {
      throw CloningError.failed(status: 1, reason: GitDiagnostics.reason(result.errors))
    }
    try Files.move(work.appending(".git"), to: work.pushing(bare))
    if layout.isLinked {
      try Files.replace(work.appending(".git"), with: Array("gitdir: ./\(bare.text)\n".utf8))
    }
  }

  /// Makes the worktrees of a clone that is in its place.
  ///
  /// - Returns: those that were made.
  func addWorkTrees(_ task: CloneTask, _ warnings: inout [CloneWarning]) -> [FilePath] {
    guard let layout = task.layout else { return [] }
    var made: [FilePath] = []
    for path in layout.elsewhere {
      warnings.append(.workTreeLeftOut(name: task.name, path, .isElsewhere))
    }
    for tree in layout.trees {
      let path = task.place(of: tree)
      do {
        try add(tree, at: path, of: task)
        made.append(path)
      } catch let fault as CloneWarning.WorkTreeFault {
        warnings.append(.workTreeLeftOut(name: task.name, path, fault))
      } catch {
        warnings.append(.workTreeLeftOut(name: task.name, path, .failed(error)))
      }
      if Interruption.signal != nil { break }
    }
    return made
  }

  private func add(_ tree: WorkTreeLayout.Tree, at path: FilePath, of task: CloneTask) throws {
    let repository = task.layout?.bare.map { task.target.pushing($0) } ?? task.target
    let isTaken = task.taken.contains { $0.excludes(path, of: task.target, isBeside: tree.isBeside) }
    if isTaken { throw CloneWarning.WorkTreeFault.isTaken }
    if tree.isBeside, let home = task.homeOfPrograms {
      try Layout.requireNoPrograms(in: path, home: home, Environment["PATH"] ?? "")
    }
    let words = try words(for: tree, in: repository, origin: task.ownRemote ?? "origin")
    // What the clone has brought may be a link that leads elsewhere.
    let route = try Route(to: tree, of: task)
    var made: [Int] = []
    let parent = try route.walk(making: &made)
    guard Stat(FilePath(bytes: route.name), in: parent.descriptor, followingLinks: false) == nil else {
      throw CloneWarning.WorkTreeFault.isTaken
    }
    let result = try git(at: repository).run(
      ["worktree", "add"] + words.options + ["--", path.text] + words.head)
    guard result.termination == .exited(0) else {
      throw CloneWarning.WorkTreeFault.git(GitDiagnostics.reason(result.errors))
    }
    if task.options.recursesIntoSubmodules {
      let result = try git(at: path, for: task.options).run([
        "submodule", "--quiet", "update", "--init", "--recursive",
      ])
      guard result.termination == .exited(0) else {
        throw CloningError.submodulesNotCloned(
          of: task.name, reason: GitDiagnostics.reason(result.errors) ?? "git gave no reason")
      }
    }
  }

  /// How `git worktree add` is told what is checked out.
  private func words(
    for tree: WorkTreeLayout.Tree, in repository: FilePath, origin: String
  ) throws -> (options: [String], head: [String]) {
    func has(_ name: String) throws -> Bool {
      try git(at: repository).run(["rev-parse", "--verify", "--quiet", "--end-of-options", name]).termination
        == .exited(0)
    }
    func branch(_ name: String) throws -> (options: [String], head: [String])? {
      if try has("refs/heads/\(name)") { return ([], [name]) }
      let remote = "refs/remotes/\(origin)/\(name)"
      return try has(remote) ? (["--track", "-b", name], [remote]) : nil
    }
    switch tree.head {
    case .branch(let name):
      if let words = try branch(name) { return words }
      throw CloneWarning.WorkTreeFault.branchIsNotThere(name)
    case .detached(let commit):
      guard try has("\(commit)^{commit}") else { throw CloneWarning.WorkTreeFault.commitIsNotThere(commit) }
      return (["--detach"], [commit])
    case .unknown:
      // Most are called after their branch.
      if let name = tree.place.lastComponent?.string, let words = try branch(name) { return words }
      throw CloneWarning.WorkTreeFault.branchIsUnknown
    }
  }

  /// git, as a clone is made by it, where nobody is asked.
  private func git(at directory: FilePath, for options: CloneOptions = CloneOptions()) -> GitProgram {
    var git = GitProgram(.clone, at: directory)
    git.options += hookOptions
    git.asksNobody = true
    git.silenceLimit = silenceLimit
    options.permit(&git)
    return git
  }
}

extension CloneTask {
  /// Where a worktree of the clone goes.
  func place(of tree: WorkTreeLayout.Tree) -> FilePath { target.pushing(tree.place).lexicallyNormalized() }
}
