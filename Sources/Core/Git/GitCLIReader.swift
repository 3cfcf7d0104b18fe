import SystemSupport
import ByteStrings
import SystemPackage

/// A repository's facts by the `git` program, for the formats that libgit2 refuses. Some ten milliseconds.
enum GitCLIReader {
  static func read(_ repository: CheckedRepository) throws(GitError) -> RepositoryInfo {
    do throws(GitError) {
      return try facts(of: repository)
    } catch  where error.kind == .other {
      // Too new for this git as well.
      throw error.with(kind: .unsupportedExtension)
    }
  }

  private static func facts(of repository: CheckedRepository) throws(GitError) -> RepositoryInfo {
    let git = GitProgram(reading: repository)
    let gitDirectory = try path(git, ["rev-parse", "--absolute-git-dir"]) ?? repository.directory
    let common = try path(git, ["rev-parse", "--path-format=absolute", "--git-common-dir"]) ?? gitDirectory
    let isBare = try text(git, ["rev-parse", "--is-bare-repository"]) == "true"
    // Run inside a git directory, git knows no top level; the work tree is unknown then.
    let workTree = isBare ? nil : (try? path(git, ["rev-parse", "--show-toplevel"])) ?? nil
    let isWorktree = gitDirectory != common
    let settings = RemoteSettings(try settings(git))
    let branch = try text(git, ["symbolic-ref", "-q", "HEAD"]).flatMap {
      $0.begins(with: "refs/heads/") ? String($0.dropFirst(11)) : nil
    }
    let branchRemote = settings.remote(ofBranch: branch)
    let primary = RemoteSettings.primary(
      of: settings.remotes, defaultName: settings.defaultRemoteName, currentBranchRemote: branchRemote)
    return RepositoryInfo(
      gitDirectory: gitDirectory, commonDirectory: common, workTree: workTree.map { $0.resolved ?? $0 },
      kind: isWorktree ? .worktree : isBare ? .bare : .main,
      mainWorkTree: isWorktree ? mainWorkTree(common) : workTree,
      isShallow: try text(git, ["rev-parse", "--is-shallow-repository"]) == "true",
      isSubmodule: LibGit2Reader.isSubmodule(common), remotes: settings.remotes, currentBranch: branch,
      currentBranchRemote: branchRemote, defaultRemoteName: settings.defaultRemoteName,
      remoteDefaultBranch: try primary.flatMap { (remote) throws(GitError) in
        try remoteDefault(remote.name, git)
      },
      headCommit: try text(git, ["rev-parse", "-q", "--verify", "HEAD^{commit}"]).flatMap {
        ObjectID(hex: $0)
      },
      knownFirstCommit: nil, rewrites: settings.rewrites, needsProgram: true)
  }

  /// See ``RepositoryInfo/rootCommit()``.
  ///
  /// - Parameter head: the commit whose history it is; nil for HEAD's, where there is one.
  static func rootCommit(
    _ gitDirectory: FilePath, _ workTree: FilePath?, of head: ObjectID? = nil
  ) throws(GitError) -> String? {
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading(seconds: Limits.history)
    if head == nil, try text(git, ["rev-parse", "-q", "--verify", "HEAD^{commit}"]) == nil { return nil }
    return try text(git, ["rev-list", "--first-parent", "--max-parents=0", head?.hex ?? "HEAD", "--"])
  }

  /// See ``RepositoryInfo/holds(commit:)``.
  static func holds(
    commit: String, _ gitDirectory: FilePath, _ workTree: FilePath?
  ) throws(GitError) -> Bool {
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading()
    git.input = Array(commit.utf8)
    return try text(git, ["cat-file", "--batch-check=%(objecttype)"]) == "commit"
  }

  /// See ``RepositoryInfo/isReached(commit:)``.
  static func isReached(
    commit: String, _ gitDirectory: FilePath, _ workTree: FilePath?
  ) throws(GitError) -> Bool {
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading(seconds: Limits.history)
    let words = ["for-each-ref", "--count=1", "--format=%(refname)", "--contains", commit]
    return try !(text(git, words) ?? "").isEmpty
  }

  /// The value of a setting that counts; nil where there is none.
  static func setting(
    _ key: String, _ gitDirectory: FilePath, _ workTree: FilePath?
  ) throws(GitError) -> String? {
    try text(GitProgram(readingGitDirectory: gitDirectory, workTree: workTree), ["config", "--get", key])
  }

  private static func mainWorkTree(_ common: FilePath) -> FilePath? {
    guard let git = try? GitProgram(readingGitDirectory: common, workTree: nil) else { return nil }
    if (try? text(git, ["config", "--type=bool", "core.bare"])) == "true" { return nil }
    guard common.lastComponent?.string == ".git" else { return nil }
    return common.removingLastComponent()
  }

  private static func remoteDefault(_ remote: String, _ git: GitProgram) throws(GitError) -> String? {
    let start = "refs/remotes/\(remote)/"
    guard let target = try text(git, ["symbolic-ref", "-q", start + "HEAD"]), target.begins(with: start)
    else {
      return nil
    }
    return String(target.dropFirst(start.count))
  }

  private static func settings(_ git: GitProgram) throws(GitError) -> [(key: String, value: String)] {
    entries(try git.output(["config", "-z", "--list"]) ?? [])
  }

  /// The settings that `git config -z --list` prints.
  static func entries(_ output: [UInt8]) -> [(key: String, value: String)] {
    output.split(separator: 0).map { record in
      // Key, newline, value; a key without `=` has neither newline nor value.
      let key = record.prefix { $0 != UInt8(ascii: "\n") }
      return (ByteText.string(from: key), ByteText.string(from: record.dropFirst(key.count + 1)))
    }
  }

  private static func text(_ git: GitProgram, _ arguments: [String]) throws(GitError) -> String? {
    guard var bytes = try git.output(arguments) else { return nil }
    // One newline only: a path may end in more.
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return ByteText.string(from: bytes)
  }

  private static func path(_ git: GitProgram, _ arguments: [String]) throws(GitError) -> FilePath? {
    try text(git, arguments).map { FilePath(text: $0) }
  }
}
