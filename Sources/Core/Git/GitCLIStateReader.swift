import SystemSupport
import ByteStrings
import SystemPackage

/// The state of a repository by the `git` program, for the formats that libgit2 refuses: reftable, SHA-256, an index that is
/// split or sparse. Some ten processes.
struct GitCLIStateReader {
  private let reader: StateReader
  private let directory: FilePath
  private let info: RepositoryInfo
  private let git: GitProgram
  private var state = RepositoryState()

  init(_ reader: StateReader, _ repository: CheckedRepository) throws(GitError) {
    self.reader = reader
    directory = repository.directory
    info = try GitCLIReader.read(repository)
    if let workTree = info.workTree { try StateReader.requireClaim(workTree, info.gitDirectory) }
    try GitDirectoryCheck.indexForProgram(of: info.gitDirectory)
    try GitDirectoryCheck.objects(info.commonDirectory.appending("objects"))
    var git = GitProgram(reading: repository)
    git.limitForReading(seconds: Limits.history)
    self.git = git
  }

  consuming func read() throws(GitError) -> RepositoryState {
    state.branch = info.currentBranch
    state.remotes = info.remotes.map(\.name)
    state.lastFetch = StateReader.lastFetch(
      info.gitDirectory, info.commonDirectory, remote: info.primaryRemote?.name)
    if let head = try text(["rev-parse", "-q", "--verify", "HEAD^{commit}"]) {
      state.head = head
      state.lastCommit = try text(["log", "-1", "--format=%ct", head, "--"]).flatMap { Int64($0) }
    }
    try readBranches()
    guard let workTree = info.workTree else {
      state.isBare = true
      return state
    }
    state.operation = StateReader.operation(info.gitDirectory)
    // What is ignored is not listed here.
    state.hasIgnoredRules = true
    try readWorkTree(workTree)
    return state
  }

  private mutating func readBranches() throws(GitError) {
    let format = "--format=%(refname)%00%(objectname)%00%(upstream)%00%(upstream:track)"
    let output = try git.output(["for-each-ref", format, "refs/heads", "refs/remotes", "refs/stash"]) ?? []
    var remotes: Set<[UInt8]> = []
    var locals: [(branch: RepositoryState.Branch, id: [UInt8])] = []
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: 0, omittingEmptySubsequences: false)
      guard fields.count == 4 else { continue }
      let name = ByteText.string(from: fields[0])
      if name == "refs/stash" {
        state.stashes = max(1, try count(["log", "-g", "--format=%H", "refs/stash", "--"]))
      } else if name.begins(with: "refs/remotes/") {
        remotes.insert(Array(fields[1]))
      } else {
        locals.append((Self.branch(name, fields), Array(fields[1])))
      }
    }
    for index in locals.indices where remotes.contains(locals[index].id) {
      locals[index].branch.isOnRemote = true
    }
    if !remotes.isEmpty, locals.contains(where: { !$0.branch.isOnRemote }) {
      let unpushed = try git.output(["rev-list", "--branches", "--not", "--remotes"]) ?? []
      let ids = Set(unpushed.split(separator: UInt8(ascii: "\n")).map { Array($0) })
      for index in locals.indices { locals[index].branch.isOnRemote = !ids.contains(locals[index].id) }
    }
    state.branches = locals.map(\.branch)
    if state.branch == nil, let head = state.head {
      state.headOnly = try count(["rev-list", head, "--not", "--branches", "--tags", "--remotes", "--"])
    }
  }

  private static func branch(_ name: String, _ fields: [ArraySlice<UInt8>]) -> RepositoryState.Branch {
    var branch = RepositoryState.Branch(
      name: String(name.dropFirst(11)), upstream: nil, ahead: nil, behind: nil, isOnRemote: false)
    if fields[2].isEmpty { return branch }
    branch.upstream = StateReader.short(ByteText.string(from: fields[2]))
    let track = String(decoding: fields[3], as: UTF8.self)
    if track == "[gone]" { return branch }
    (branch.ahead, branch.behind) = (0, 0)
    let words = track.split { " [],".contains($0) }
    for (word, number) in zip(words, words.dropFirst()) {
      if word == "ahead" { branch.ahead = Int(number) }
      if word == "behind" { branch.behind = Int(number) }
    }
    return branch
  }

  // MARK: The work tree

  private mutating func readWorkTree(_ workTree: FilePath) throws(GitError) {
    var statusGit = git
    let filters = try statusGit.switchOffForeignFilters(reading: directory)
    let shown = try text(["config", "--get", "status.showUntrackedFiles"])?.lowercased() ?? ""
    let isHidden = !reader.alwaysUntracked && ["no", "false", "off", "0"].contains(shown)
    let arguments = [
      "status", "--porcelain=v2", "-z", "--untracked-files=\(isHidden ? "no" : "normal")",
      "--ignore-submodules=dirty", "--", ".",
    ]
    let records = StatusRecords(try statusGit.output(arguments) ?? [])
    state.staged = records.staged
    state.changed = records.changedPaths.count
    state.untracked = records.untracked
    state.conflicted = records.conflicted
    state.submodules = records.submodules
    let unsure = try filters.hasForeign ? unjudged(records.changedPaths, filters) : 0
    state.changed -= unsure
    state.unsure = unsure
    try readSubmodules(workTree, told: Set(records.changedPaths), showsUntracked: !isHidden)
  }

  /// How many of these paths pass a filter that is not run.
  private func unjudged(_ paths: [[UInt8]], _ filters: FilterSettings) throws(GitError) -> Int {
    guard !paths.isEmpty, let workTree = info.workTree else { return 0 }
    var git = try GitProgram(reading: workTree)
    git.limitForReading()
    git.input = Array(paths.joined(separator: [0])) + [0]
    let output = try git.output(["check-attr", "-z", "--stdin", "filter"]) ?? []
    let fields = output.split(separator: 0, omittingEmptySubsequences: false)
    return stride(from: 2, to: fields.count, by: 3).count { position in
      let name = ByteText.string(from: fields[position])
      return filters.defines(name) && !filters.isUsers(name)
    }
  }

  /// - Parameters:
  ///   - told: the paths that git has told to differ, submodules by their commits among them.
  ///   - showsUntracked: whether git looks for untracked files at all.
  private mutating func readSubmodules(
    _ workTree: FilePath, told: Set<[UInt8]>, showsUntracked: Bool
  ) throws(GitError) {
    guard Files.kind(of: workTree.appending(".gitmodules"), followingLinks: false) == .file else { return }
    let ignoredByDefault = SubmoduleRules.Ignored(
      forAll: try text(["config", "--get", "diff.ignoreSubmodules"]), showsUntracked: showsUntracked)
    var rules = SubmoduleRules(workTree)
    let output = try git.output(["ls-files", "-z", "--stage", "--full-name", "--", "."]) ?? []
    for record in output.split(separator: 0) where record.starts(with: "160000 ".utf8) {
      guard let tab = record.firstIndex(of: UInt8(ascii: "\t")) else { continue }
      let commit = record[..<tab].split(separator: UInt8(ascii: " "))[1]
      let path = Array(record[(tab + 1)...])
      let submodule = IndexSummary.Submodule(
        path: ByteText.string(from: path), commit: ByteText.string(from: commit))
      let difference = reader.difference(of: submodule, at: workTree.pushing(FilePath(text: submodule.path)))
      if difference == .none { continue }
      let ignored =
        try rules.ignored(submodule.path) { (try? text(["config", "--get", $0])) ?? nil } ?? ignoredByDefault
      switch difference {
      // Of the commits git has told, whatever the rule is.
      case .commit:
        if ignored.hides(.commit), told.contains(path) {
          state.changed -= 1
          state.submodules -= 1
        }
      case _ where ignored.hides(difference): break
      case .unsure: state.unsure += 1
      case .none, .content, .untracked:
        state.changed += 1
        state.submodules += 1
      }
    }
  }

  private func text(_ arguments: [String]) throws(GitError) -> String? {
    guard var bytes = try git.output(arguments) else { return nil }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return ByteText.string(from: bytes)
  }

  private func count(_ arguments: [String]) throws(GitError) -> Int {
    (try git.output(arguments) ?? []).count { $0 == UInt8(ascii: "\n") }
  }
}

/// What `git status --porcelain=v2 -z` prints (git-status(1)).
struct StatusRecords {
  private(set) var staged = 0
  private(set) var untracked = 0
  private(set) var conflicted = 0
  private(set) var submodules = 0
  /// The paths that differ in the work tree, from the root.
  private(set) var changedPaths: [[UInt8]] = []

  init(_ output: [UInt8]) {
    var records = output.split(separator: 0, omittingEmptySubsequences: false)[...]
    while let record = records.popFirst() {
      switch record.first {
      case UInt8(ascii: "1"): take(record, fields: 8)
      case UInt8(ascii: "2"):
        take(record, fields: 9)
        // The path before a rename.
        _ = records.popFirst()
      case UInt8(ascii: "u"): conflicted += 1
      case UInt8(ascii: "?"): untracked += 1
      default: break
      }
    }
  }

  /// - Parameter fields: how many stand before the path.
  private mutating func take(_ record: ArraySlice<UInt8>, fields: Int) {
    let parts = record.split(
      separator: UInt8(ascii: " "), maxSplits: fields, omittingEmptySubsequences: false)
    guard parts.count == fields + 1, parts[1].count == 2 else { return }
    if parts[1].first != UInt8(ascii: ".") { staged += 1 }
    guard parts[1].last != UInt8(ascii: ".") else { return }
    changedPaths.append(Array(parts[fields]))
    if parts[2].first == UInt8(ascii: "S") { submodules += 1 }
  }
}
