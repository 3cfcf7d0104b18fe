import ByteStrings
import Synchronization
import SystemPackage
import SystemSupport

/// Settings that git finds and libgit2 1.5.1 does not: in `config.worktree`, and in files that are included by
/// `includeIf.hasconfig:`, below a home behind a link, or from `%(prefix)/` and `~user/`.
///
/// A repository that has some is read by the `git` program: what is changed, what is ignored and where it comes from would be told
/// wrong.
enum SettingsOfGitAlone {
  /// Sections that what is read here depends on.
  private static let sections: Set<String> = [
    "status", "diff", "submodule", "remote", "branch", "url", "extensions", "clone", "filter", "lfs", "annex",
    "hook",
  ]
  /// The same of `core`, which has much else, such as how ssh is run.
  private static let core = [
    "excludesfile", "attributesfile", "filemode", "symlinks", "ignorecase", "precomposeunicode", "autocrlf",
    "eol",
    "safecrlf", "checkstat", "trustctime", "worktree", "bare", "sparsecheckout", "sparsecheckoutcone",
    "hookspath",
    "repositoryformatversion",
  ]

  /// - Throws: `unsupportedExtension` where there are some.
  static func refuse(_ configuration: borrowing Configuration, _ gitDirectory: FilePath) throws(GitError) {
    guard try areIn(configuration, of: gitDirectory) else { return }
    throw GitError(
      .unsupportedExtension, "reading", gitDirectory.visible, reason: "it has settings that only git finds")
  }

  /// Whether there are some in the settings of a repository that say anything about it.
  static func areIn(_ configuration: borrowing Configuration, of gitDirectory: FilePath) throws(GitError)
    -> Bool
  {
    let entries = try configuration.entries { key in
      CStrings.begins(key, with: "include") || CStrings.areEqual(key, "extensions.worktreeconfig")
    }
    // Nearly every repository has none of these.
    for (key, value) in entries {
      if key == "extensions.worktreeconfig" {
        if value.isEmpty || ConfigurationText.isTrue(value), hasWorkTreeFile(gitDirectory) { return true }
      } else if key.ends(with: ".path"), isPassedOver(key, value), mayMatter(value) {
        return true
      }
    }
    return false
  }

  private static func hasWorkTreeFile(_ gitDirectory: FilePath) -> Bool {
    (Stat(at: gitDirectory.appending("config.worktree"))?.size ?? 0) > 0
  }

  /// Whether libgit2 passes over some file that git includes, or may, whatever is in it.
  static func arePassedOver(by configuration: borrowing Configuration) throws(GitError) -> Bool {
    let entries = try configuration.entries { CStrings.begins($0, with: "include") }
    return entries.contains { $0.key.ends(with: ".path") && isPassedOver($0.key, $0.value) }
  }

  /// Whether libgit2 passes over a file that git includes, or may.
  private static func isPassedOver(_ key: String, _ path: String) -> Bool {
    if IncludedFiles.isForGit(ByteText.bytes(of: path)) { return true }
    guard key.begins(with: "includeif.") else { return false }
    let condition = key.dropFirst("includeif.".count)
    if condition.begins(with: "hasconfig:") { return true }
    let isHome = ["gitdir:~/", "gitdir/i:~/"].contains { condition.begins(with: $0) }
    return isHome && homeIsBehindLink
  }

  private static var homeIsBehindLink: Bool {
    guard let home = Environment.home else { return false }
    return home.resolved != home
  }

  /// Whether a file, or one that it includes, has a section that counts here. The user's own are included in every repository.
  private static func mayMatter(_ path: String) -> Bool {
    // What it is relative to libgit2 does not say.
    guard path.begins(with: "/") || path.begins(with: "~/"),
      let file = IncludedFiles.expanded(ByteText.bytes(of: path), in: FilePath("/"))
    else { return true }
    if let answer = known.withLock({ $0[file] }) { return answer }
    let answer = IncludedFiles.have(sections: sections, core: core, from: file)
    known.withLock { $0[file] = answer }
    return answer
  }

  private static let known = Mutex<[FilePath: Bool]>([:])
}
