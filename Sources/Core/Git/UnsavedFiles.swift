import SystemSupport
import ByteStrings
import SystemPackage

/// The files of a work tree that only rules of this computer ignore: `.git/info/exclude`, `core.excludesFile`. Nobody else's
/// copy has these rules, so they may well hide work.
struct IgnoredHere {
  private let gitDirectory: FilePath
  private let workTree: FilePath
  private let hasRules: Bool

  /// What systems leave in every directory.
  private static let ofSystems: Set<String> = [".DS_Store", "Thumbs.db", "desktop.ini", ".directory"]

  init(
    _ gitDirectory: FilePath, _ common: FilePath, _ workTree: FilePath,
    _ configuration: borrowing Configuration
  ) throws(GitError) {
    self.gitDirectory = gitDirectory
    self.workTree = workTree
    let home = Environment.home
    let given = try configuration.string("core.excludesFile").map { text in
      text.begins(with: "~/")
        ? home?.pushing(FilePath(text: String(text.dropFirst(2)))) : FilePath(text: text)
    }
    let folder =
      Environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : FilePath(text: $0) }
      ?? home?.appending(".config")
    let usual = folder?.pushing(FilePath("git/ignore"))
    let files = [common.pushing(FilePath("info/exclude")), given ?? usual].compactMap { $0 }
    hasRules = files.contains { Self.hasRules($0) }
  }

  private static func hasRules(_ file: FilePath) -> Bool {
    guard Files.kind(of: file) == .file else { return false }
    // One that cannot be read may have some.
    guard let bytes = try? Files.read(file, limit: Limits.list) else { return true }
    return bytes.split(separator: UInt8(ascii: "\n")).contains { line in
      line.first.map { $0 != UInt8(ascii: "#") && $0 > 0x20 } ?? false
    }
  }

  /// How many files and directories these rules alone ignore.
  func count() throws(GitError) -> Int {
    guard hasRules else { return 0 }
    try GitDirectoryCheck.indexForProgram(of: gitDirectory)
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading(seconds: Limits.filters)
    git.options += ["--work-tree=\(workTree.text)", "-C", workTree.text]
    func untracked(_ rules: String) throws(GitError) -> Set<[UInt8]> {
      let arguments = ["ls-files", "-z", "--others", "--directory", "--no-empty-directory", rules]
      return Set((try git.output(arguments) ?? []).split(separator: 0).map { Array($0) })
    }
    let everywhere = try untracked("--exclude-per-directory=.gitignore")
    guard !everywhere.isEmpty else { return 0 }
    return everywhere.subtracting(try untracked("--exclude-standard")).count { path in
      !Self.ofSystems.contains(FilePath(bytes: path).lastComponent?.string ?? "")
    }
  }
}

/// The files that Git LFS keeps in a repository.
struct LFSStore {
  private let common: FilePath

  init(_ common: FilePath) { self.common = common }

  /// How many files nothing shows to be uploaded: all, where pushing goes past Git LFS, or where it is set to store them on this
  /// computer. Otherwise what is pushed is uploaded first, and what is not pushed counts as that.
  func unshown(_ configuration: borrowing Configuration, hasRemoteElsewhere: Bool) throws(GitError) -> Int {
    let objects = common.pushing(FilePath("lfs/objects"))
    guard Files.kind(of: objects, followingLinks: false) == .directory else { return 0 }
    let isHere = try isHere(configuration)
    let hasHook = try hasHook(configuration)
    return hasRemoteElsewhere && hasHook && !isHere ? 0 : count(objects, 0)
  }

  private func hasHook(_ configuration: borrowing Configuration) throws(GitError) -> Bool {
    var folder = common.appending("hooks")
    if let path = try configuration.string("core.hooksPath"), !path.isEmpty {
      folder =
        path.begins(with: "~/")
        ? (Environment.home ?? "/").pushing(FilePath(text: String(path.dropFirst(2))))
        : FilePath(text: path).absolute(against: common.removingLastComponent())
    }
    let hook = folder.appending("pre-push")
    guard Files.isExecutable(hook), let bytes = try? Files.read(hook, limit: Limits.list)
    else { return false }
    return String(decoding: bytes, as: UTF8.self).contains("lfs")
  }

  private func isHere(_ configuration: borrowing Configuration) throws(GitError) -> Bool {
    let entries = try configuration.entries { key in
      let name = String(cString: key)
      return name.begins(with: "lfs.") || name.begins(with: "remote.")
    }
    let place = RemotePlace(rewrites: URLRewrites([]), pushRewrites: URLRewrites([]))
    return entries.contains { key, value in
      let isURL =
        key == "lfs.url" || key == "lfs.pushurl" || key.begins(with: "remote.") && key.ends(with: ".lfsurl")
        || key.begins(with: "remote.") && key.ends(with: ".lfspushurl")
      return isURL && !place.isElsewhere(urls: [value], pushes: [])
    }
  }

  private func count(_ folder: FilePath, _ level: Int) -> Int {
    Watch.sign()
    guard level <= 2, let names = try? Files.names(in: folder) else { return 0 }
    return names.reduce(0) { sum, name in
      let path = folder.pushing(FilePath(bytes: name))
      switch Files.kind(of: path, followingLinks: false) {
      case .directory: return sum + count(path, level + 1)
      case .file: return sum + 1
      default: return sum
      }
    }
  }
}

/// The same by the `git` program, for the formats that libgit2 refuses.
struct GitCLIUnsavedReader {
  private let info: RepositoryInfo
  private let git: GitProgram

  init(at directory: FilePath) throws(GitError) {
    info = try GitCLIReader.read(at: directory)
    var git = try GitProgram(reading: directory)
    git.limitForReading(seconds: Limits.filters)
    self.git = git
  }

  func read(_ work: inout UnsavedWork) throws(GitError) {
    work.isPartial = true
    let output = try git.output(["config", "-z", "--list"]) ?? []
    let entries = output.split(separator: 0).map { record in
      let key = record.prefix { $0 != UInt8(ascii: "\n") }
      return (key: ByteText.string(from: key), value: ByteText.string(from: record.dropFirst(key.count + 1)))
    }
    let remotes = RemotePlace.remotes(in: entries)
    work.remotesHere = remotes.filter { !$0.isElsewhere }.map(\.name)
    work.hasRemoteElsewhere = remotes.contains(where: \.isElsewhere)
    let known = remotes.filter(\.isElsewhere).map { "--remotes=\($0.name)" }
    let ours = [
      "--exclude=refs/stash", "--exclude=refs/remotes/*", "--exclude=refs/notes/*", "--all", "HEAD",
    ]
    if work.state.head != nil || !work.state.branches.isEmpty {
      // HEAD's reflog holds what was amended as well; here that counts.
      let arguments = ["rev-list", "--count"] + ours + (known.isEmpty ? [] : ["--not"] + known) + ["--"]
      let count = try git.output(work.state.head == nil ? arguments.filter { $0 != "HEAD" } : arguments) ?? []
      work.commits = Int(String(decoding: count, as: UTF8.self).filter(\.isNumber)) ?? 0
      if work.commits > 0 { work.sources = work.state.branches.filter { !$0.isOnRemote }.map(\.name) }
    }
    let names =
      try git.output(["for-each-ref", "--format=%(refname)", "refs/tags", "refs/notes", "refs/replace"]) ?? []
    for line in names.split(separator: UInt8(ascii: "\n")) {
      let name = ByteText.string(from: line)
      if name.begins(with: "refs/tags/") {
        work.tags.append(String(name.dropFirst(10)))
      } else {
        work.notes.append(String(name.dropFirst(5)))
      }
    }
    if let workTree = info.workTree {
      work.hidden = try Self.hidden(info.gitDirectory, workTree)
    }
  }

  /// The files that git is told not to look at, and that are there: whether they differ is not looked into.
  static func hidden(_ gitDirectory: FilePath, _ workTree: FilePath) throws(GitError) -> Int {
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading(seconds: Limits.history)
    git.options += ["--work-tree=\(workTree.text)", "-C", workTree.text]
    let output = try git.output(["ls-files", "-z", "-v", "--", ":(top)"]) ?? []
    return output.split(separator: 0).count { record in
      guard let tag = record.first, tag == UInt8(ascii: "S") || (0x61...0x7A).contains(tag) else {
        return false
      }
      return !Files.isMissing(
        workTree.pushing(FilePath(bytes: Array(record.dropFirst(2)))), followingLinks: false)
    }
  }
}
