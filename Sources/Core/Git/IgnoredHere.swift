import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// The files of a work tree that only rules of this computer ignore: `.git/info/exclude`, `core.excludesFile`, and a `.gitignore`
/// that is ignored itself. Nobody else's copy has these rules, so they may well hide work.
struct IgnoredHere {
  private let gitDirectory: FilePath
  private let workTree: FilePath
  private let hasRules: Bool

  /// What systems leave in every directory.
  private static let ofSystems: Set<String> = [".DS_Store", "Thumbs.db", "desktop.ini", ".directory"]

  /// What says that a directory holds nothing but what can be made again: a cache (<https://bford.info/cachedir/>), an environment
  /// of Python. Tools put a `.gitignore` that ignores everything beside it.
  private static let ofCaches = ["CACHEDIR.TAG", "pyvenv.cfg"]

  /// The file of rules that each directory may have.
  static let rules = ".gitignore"

  /// Whether a directory of which all is ignored may hold such a file that counts: it has one itself, or what is in it is ignored and
  /// not the directory, so that something below it says so.
  static func mayHoldRules(
    _ directory: UnsafePointer<CChar>, of workTree: FilePath, in repository: OpaquePointer
  ) -> Bool {
    if !isIgnored(directory, in: repository) { return true }
    let file = workTree.pushing(FilePath(platformString: directory)).appending(rules)
    return Files.kind(of: file, followingLinks: false) != nil
  }

  /// Whether rules ignore a path, by libgit2.
  static func isIgnored(_ path: UnsafePointer<CChar>, in repository: OpaquePointer) -> Bool {
    var isIgnored: Int32 = 0
    return git_ignore_path_is_ignored(&isIgnored, repository, path) == 0 && isIgnored != 0
  }

  /// - Parameter excludesFile: `core.excludesFile`; nil where it is not set.
  init(_ gitDirectory: FilePath, _ common: FilePath, _ workTree: FilePath, excludesFile: String?) {
    self.gitDirectory = gitDirectory
    self.workTree = workTree
    let home = Environment.home
    let given = excludesFile.map { text in
      text.begins(with: "~/")
        ? home?.pushing(FilePath(text: String(text.dropFirst(2)))) : FilePath(text: text)
    }
    let folder =
      Environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : FilePath(text: $0) }
      ?? home?.appending(".config")
    let usual = folder?.pushing(FilePath("git/ignore"))
    let files = [common.pushing(FilePath("info/exclude")), given ?? usual].compactMap { $0 }
    hasRules = files.contains { Self.saysAnything($0) }
  }

  private static func saysAnything(_ file: FilePath) -> Bool {
    guard Files.kind(of: file) == .file else { return false }
    // One that cannot be read may have some.
    guard let bytes = try? Files.read(file, limit: Limits.list) else { return true }
    return bytes.split(separator: UInt8(ascii: "\n")).contains { line in
      line.first.map { $0 != UInt8(ascii: "#") && $0 > 0x20 } ?? false
    }
  }

  /// How many files and directories these rules alone ignore.
  ///
  /// - Parameter hasIgnoredRules: whether a `.gitignore` may be ignored itself.
  func count(hasIgnoredRules: Bool) throws(GitError) -> Int {
    guard hasRules || hasIgnoredRules else { return 0 }
    try GitDirectoryCheck.indexForProgram(of: gitDirectory)
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading(seconds: Limits.filters)
    git.options += ["--work-tree=\(workTree.text)", "-C", workTree.text]
    let hidden = try (hasIgnoredRules ? byIgnoredRules(git) : []).union(hasRules ? byRulesOfTheUser(git) : [])
    return hidden.count { !Self.ofSystems.contains(Self.name($0)) }
  }

  /// What `.git/info/exclude` and `core.excludesFile` alone ignore.
  private func byRulesOfTheUser(_ git: GitProgram) throws(GitError) -> Set<[UInt8]> {
    let options = ["--directory", "--no-empty-directory"]
    let everywhere = Set(try untracked(git, options + ["--exclude-per-directory=\(Self.rules)"]))
    if everywhere.isEmpty { return [] }
    return everywhere.subtracting(try untracked(git, options + ["--exclude-standard"]))
  }

  /// What is ignored by a `.gitignore` that is ignored as well, but for the file itself and for caches.
  private func byIgnoredRules(_ git: GitProgram) throws(GitError) -> Set<[UInt8]> {
    let options = ["--ignored", "--exclude-standard", "--directory", "--"]
    let files = Set(
      try untracked(git, options + [":(top,glob)**/\(Self.rules)"]).filter { file in
        Self.name(file) == Self.rules && !isInCache(file)
      })
    if files.isEmpty { return [] }
    let folders = files.map { file in
      let folder = file.dropLast(Self.rules.utf8.count)
      return ":(top,literal)" + ByteText.string(from: folder)
    }
    // One at the top is about all there is.
    let places = files.contains(Array(Self.rules.utf8)) ? [] : folders
    var judge = git
    judge.input = Array(try untracked(git, options + places).joined(separator: [0]))
    // The rule that counts for each: its file, the line, the pattern, and the path.
    let fields = (try judge.output(["check-ignore", "-z", "--verbose", "--stdin"]) ?? []).split(
      separator: 0, omittingEmptySubsequences: false)
    var hidden: Set<[UInt8]> = []
    for record in stride(from: 0, to: fields.count - 3, by: 4) where files.contains(Array(fields[record])) {
      hidden.insert(Array(fields[record + 3]))
    }
    // The directory that such a file is in is named as well; what counts is what is in it.
    return hidden.subtracting(files).subtracting(files.map { Array($0.dropLast(Self.rules.utf8.count)) })
  }

  private func untracked(_ git: GitProgram, _ options: [String]) throws(GitError) -> [[UInt8]] {
    let output = try git.output(["ls-files", "-z", "--others"] + options) ?? []
    return output.split(separator: 0).map { Array($0) }
  }

  private func isInCache(_ file: [UInt8]) -> Bool {
    let folder = workTree.pushing(FilePath(bytes: file)).removingLastComponent()
    return Self.ofCaches.contains { Files.kind(of: folder.appending($0), followingLinks: false) == .file }
  }

  private static func name(_ path: [UInt8]) -> String { FilePath(bytes: path).lastComponent?.string ?? "" }
}
