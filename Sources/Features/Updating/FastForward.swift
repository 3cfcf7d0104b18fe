import Batch
import ByteStrings
import Git
import Registry
import SystemPackage
import SystemSupport

/// Brings the branches of one repository up to their upstreams, where they only have to follow.
struct FastForward {
  let path: FilePath
  let commonDirectory: FilePath
  /// The work tree that is not a linked one; nil where the repository is bare.
  let mainWorkTree: FilePath?
  let isDryRun: Bool
  /// Seconds that a run of git may take which only reads; nil: no limit.
  let timeLimit: Double?

  /// A local branch with an upstream, as git lists it.
  struct Branch {
    var name = ""
    var commit = ""
    var upstream = ""
    var track = ""
    /// Where it is checked out; empty where it is not.
    var workTree = ""

    var ahead: Int { count("ahead ") }
    var behind: Int { count("behind ") }

    private func count(_ word: String) -> Int {
      track.split(separator: ", ").first { $0.begins(with: word) }.flatMap { Int($0.dropFirst(word.count)) }
        ?? 0
    }
  }

  /// Follows the upstream of each branch that is behind.
  ///
  /// - Returns: those that are behind.
  func run() throws -> [UpdateReport.Branch] {
    let behind = try branches().filter { $0.behind > 0 }
    if behind.isEmpty { return [] }
    let held = WorkTreeOperations.branches(of: commonDirectory)
    return behind.map { branch in
      let name = String(branch.name.dropFirst("refs/heads/".count))
      var report = UpdateReport.Branch(name: name, upstream: branch.upstream, old: branch.commit)
      if branch.ahead > 0 {
        report.reason = .diverged(ahead: branch.ahead, behind: branch.behind)
      } else if let operation = held.first(where: { $0.key.hasSameBytes(as: name) })?.value {
        report.reason = .inProgress(operation)
      } else if Interruption.signal == nil {
        follow(branch, &report)
      }
      return report
    }
  }

  /// The branches that have an upstream.
  private func branches() throws(GitError) -> [Branch] {
    let fields = "%(refname)%00%(objectname)%00%(upstream)%00%(upstream:track,nobracket)%00%(worktreepath)%00"
    let output = try reading(at: path).output([
      "for-each-ref", "--format=\(fields)", "refs/heads",
    ])
    return Self.parse(output ?? []).map { branch in
      // git takes the main work tree to be where its git directory is, which a submodule's is not, nor one that was made with
      // --separate-git-dir. Of a bare repository it says the same, though nothing is checked out there: unless it is used with
      // `--work-tree`, its branch is like any other.
      guard !branch.workTree.isEmpty, Files.isSame(FilePath(text: branch.workTree), commonDirectory) else {
        return branch
      }
      var branch = branch
      branch.workTree =
        mainWorkTree?.text ?? (WorkTreeOperations.hasIndex(commonDirectory) ? commonDirectory.text : "")
      return branch
    }
  }

  /// A line end follows each branch's fields, and a path may have one in it.
  static func parse(_ output: [UInt8]) -> [Branch] {
    let fields = output.split(separator: 0, omittingEmptySubsequences: false).map {
      ByteText.string(from: $0)
    }
    return stride(from: 0, to: fields.count - 5, by: 5).map { index in
      var branch = Branch()
      branch.name = String(fields[index].drop { $0 == "\n" })
      branch.commit = fields[index + 1]
      branch.upstream = fields[index + 2]
      branch.track = fields[index + 3]
      branch.workTree = fields[index + 4]
      return branch
    }
  }

  private func follow(_ branch: Branch, _ report: inout UpdateReport.Branch) {
    do throws(GitError) {
      guard let new = try commit("\(branch.upstream)^{commit}") else {
        report.reason = .refused(nil)
        return
      }
      if branch.workTree.isEmpty {
        if !isDryRun {
          // It holds what it held when it was compared with its upstream, or nothing is done.
          try run(
            ["update-ref", "-m", "dev-infra update: Fast-forward", branch.name, new, branch.commit], at: path)
        }
      } else if let reason = try check(FilePath(text: branch.workTree)) {
        report.reason = reason
        return
      } else if !isDryRun {
        try run(
          // Ignored files are only here as well; git would put the new commit's in their place.
          [
            "merge", "--ff-only", "--no-overwrite-ignore", "--no-squash", "--quiet", "--no-progress",
            branch.upstream,
          ],
          at: FilePath(text: branch.workTree))
      }
      // A hook, or another git at the same time, may have had other ideas.
      if !isDryRun, try commit(branch.name) != new {
        report.reason = .refused(nil)
        return
      }
      report.new = new
    } catch {
      report.reason = .refused(error.reason)
    }
  }

  /// The commit that a revision names; nil where it names none.
  private func commit(_ revision: String) throws(GitError) -> String? {
    let output = try reading(at: path).output(["rev-parse", "--verify", "--quiet", revision])
    return output.map { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
  }

  /// Why a work tree is left alone.
  private func check(_ workTree: FilePath) throws(GitError) -> UpdateReport.Reason? {
    guard Files.kind(of: workTree) == .directory else { return .workTreeGone(workTree) }
    if Files.isSame(workTree, commonDirectory) { return .workTreeElsewhere }
    // git takes its path from the repository. In one that was copied it is the original's, where all that follows would happen.
    guard WorkTreeOperations.isWorkTree(workTree, of: commonDirectory) else {
      return .workTreeOfAnother(workTree)
    }
    if let operation = WorkTreeOperations.operation(at: workTree) { return .inProgress(operation) }
    if WorkTreeOperations.isLocked(workTree) { return .locked(workTree) }
    // Of files that git does not know it overwrites none; and what a submodule has checked out is not this branch's.
    let words = ["status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all"]
    let output = try reading(at: workTree, comparing: true).output(words)
    return output?.isEmpty ?? true ? nil : .changed(workTree)
  }

  /// A git that only reads: named pipes in a work tree do not keep it. Of a dry run nobody expects that it runs anything.
  ///
  /// - Parameter isComparing: whether it compares files, for which git asks filters.
  private func reading(at directory: FilePath, comparing isComparing: Bool = false) throws(GitError)
    -> GitProgram
  {
    var git: GitProgram
    switch (isDryRun, isComparing) {
    case (true, true): git = try GitProgram(comparing: directory)
    case (true, false): git = try GitProgram(reading: directory)
    case (false, _): git = GitProgram(.person, at: directory)
    }
    git.timeLimit = timeLimit
    return git
  }

  /// Runs git to its end, whatever signal comes: half of a work tree would be neither old nor new.
  private func run(_ words: [String], at directory: FilePath) throws(GitError) {
    var git = GitProgram(.person, at: directory)
    git.asksNobody = true
    var process = git.process(words)
    process.endsByItself = true
    let result: ChildProcess.Result
    do throws(SystemError) {
      result = try process.run()
    } catch {
      throw GitError(.other, "running", "git \(words[0])", reason: error.reason)
    }
    guard result.termination != .exited(0) else { return }
    throw GitError(
      .other, "running", "git \(words[0])",
      reason: GitDiagnostics.reason(result.errors) ?? "git gave no reason")
  }
}
