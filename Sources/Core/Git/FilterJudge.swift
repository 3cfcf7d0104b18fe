import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// The filters of gitattributes(5) that settings define, and who defined them.
///
/// libgit2 compares a file with its blob and knows none of these filters, so a file that passes one differs always. A filter of
/// the user's, from their own settings, is run as git runs it. One that only a repository defines is never run: of the file
/// nobody can say whether it differs. Files of Git LFS are judged without any program: what their blob has is the sum of the file.
struct FilterSettings {
  /// What a filter's settings say, by their names below it: `clean`, `process`, `required`.
  struct Filter {
    var users: [String: String] = [:]
    var repositorys: [String: String] = [:]
  }

  private(set) var filters: [ByteString: Filter] = [:]
  /// Whether the repository's own settings have Git LFS run something.
  private(set) var extendsLFS = false

  /// Takes a setting.
  ///
  /// - Parameters:
  ///   - key: normalised.
  ///   - isRepositorys: whether it is from the repository's own settings.
  mutating func take(_ key: String, _ value: String, isRepositorys: Bool) {
    if key.begins(with: "lfs.extension."), isRepositorys { extendsLFS = true }
    guard key.begins(with: "filter."), let dot = key.lastIndex(at: ".") else { return }
    let start = key.index(key.startIndex, offsetBy: 7)
    guard start < dot else { return }
    let (name, variable) = (ByteString(String(key[start..<dot])), String(key[key.index(after: dot)...]))
    guard ["clean", "process", "required"].contains(variable) else { return }
    if isRepositorys {
      filters[name, default: Filter()].repositorys[variable] = value
    } else {
      filters[name, default: Filter()].users[variable] = value
    }
  }

  /// Whether a setting is looked at here at all.
  static func isWanted(_ key: UnsafePointer<CChar>) -> Bool {
    CStrings.begins(key, with: "filter.") || CStrings.begins(key, with: "lfs.extension.")
  }

  /// Whether anything defines what is done to the content of files on the way into the repository.
  func defines(_ name: String) -> Bool {
    guard let filter = filters[ByteString(name)] else { return false }
    return [filter.users, filter.repositorys].contains { $0["clean"] != nil || $0["process"] != nil }
  }

  /// Whether it may be run as the user has set it.
  func isUsers(_ name: String) -> Bool {
    guard let filter = filters[ByteString(name)], !name.holds("="), !(name == "lfs" && extendsLFS) else {
      return false
    }
    let commands = ["clean", "process"].compactMap { filter.users[$0] }
    // A relative path would lead into the work tree.
    return !commands.isEmpty
      && commands.allSatisfy { command in
        let word = command.prefix { $0 != " " && $0 != "\t" }
        return !word.holds("/") || word.begins(with: "/") || word.begins(with: "~")
      }
      // An empty `process` keeps git from looking at `clean`.
      && (filter.repositorys["process"] == nil || filter.users["process"] != nil)
  }

  /// Options of git by which nothing is run but what the user has set.
  var options: [String] {
    filters.flatMap { name, filter -> [String] in
      guard !name.text.holds("=") else { return [] }
      let users = isUsers(name.text) ? filter.users : [:]
      return ["clean", "process", "required"].flatMap { variable -> [String] in
        let isNeeded = filter.repositorys[variable] != nil || users.isEmpty
        let value = users[variable] ?? (variable == "required" ? "false" : "")
        return isNeeded ? ["-c", "filter.\(name.text).\(variable)=\(value)"] : []
      }
    }
  }

  /// Whether there are filters that are not run.
  var hasForeign: Bool { filters.keys.contains { defines($0.text) && !isUsers($0.text) } }

  /// Whether a name cannot be kept from being run.
  var hasUnnameable: Bool {
    filters.contains { $0.key.text.holds("=") && !$0.value.repositorys.isEmpty }
  }
}

/// Judges files that differ from their blobs, where filters are in the way.
struct FilterJudge {
  private let repository: OpaquePointer
  private let gitDirectory: FilePath
  private let workTree: FilePath
  private let settings: FilterSettings

  init(
    _ repository: OpaquePointer, _ configuration: borrowing Configuration, gitDirectory: FilePath,
    workTree: FilePath
  ) throws(GitError) {
    self.repository = repository
    self.gitDirectory = gitDirectory
    self.workTree = workTree
    var settings = FilterSettings()
    try configuration.forEachEntry(FilterSettings.isWanted) { key, value, isOwn in
      settings.take(key, value, isRepositorys: isOwn)
    }
    self.settings = settings
  }

  /// What filters make of a comparison of bytes.
  struct Verdict {
    /// How many of the files that differ by their bytes do not.
    var unchanged = 0
    /// How many of those that do not differ by their bytes do: those that were added before their filter was set.
    var changed = 0
    /// Of how many of the files that differ by their bytes nobody can say it.
    var unsure = 0
  }

  /// Judges files of the work tree.
  ///
  /// - Parameters:
  ///   - different: the paths of those whose bytes differ from those of their blobs.
  ///   - same: the paths of those whose bytes do not.
  ///   - askingGit: whether git is asked of those that only it can judge; it says nothing of those that it is told not to look at.
  func judge(
    different: [[UInt8]], same: [[UInt8]] = [], askingGit: Bool = true
  ) throws(GitError) -> Verdict {
    var verdict = Verdict()
    var asked: Set<[UInt8]> = []
    for path in different {
      switch way(of: path) {
      case .bytes: break
      case .lfs:
        switch isUploaded(path) {
        case true?: verdict.unchanged += 1
        case false?: break
        case nil: verdict.unsure += 1
        }
      case .git: asked.insert(path)
      case .unknown: verdict.unsure += 1
      }
    }
    var askedOfSame: Set<[UInt8]> = []
    for path in same {
      switch way(of: path) {
      // What the blob has is a file that was added without the filter, or a pointer that the file still waits for.
      case .lfs: if case .content = blob(of: path) { verdict.changed += 1 }
      case .git: askedOfSame.insert(path)
      case .bytes, .unknown: break
      }
    }
    guard !asked.isEmpty || !askedOfSame.isEmpty else { return verdict }
    if askingGit, let changed = try? changed() {
      verdict.unchanged += asked.count { !changed.contains($0) }
      verdict.changed += askedOfSame.count { changed.contains($0) }
    } else {
      verdict.unsure += asked.count
    }
    return verdict
  }

  /// Who can say whether a file differs.
  private enum Way {
    /// Its bytes do.
    case bytes
    /// The pointer in its blob does.
    case lfs
    /// git does, by running what the user has set.
    case git
    /// Nobody: only the repository says what is to be run.
    case unknown
  }

  private func way(of path: [UInt8]) -> Way {
    let isEncoded = attribute("working-tree-encoding", path) != nil
    guard let name = attribute("filter", path), settings.defines(name) else {
      return isEncoded ? .git : .bytes
    }
    if name == "lfs", !isEncoded { return .lfs }
    return settings.isUsers(name) ? .git : .unknown
  }

  private func attribute(_ name: String, _ path: [UInt8]) -> String? {
    var value: UnsafePointer<CChar>?
    let path = path.map { CChar(bitPattern: $0) } + [0]
    guard
      git_attr_get(&value, repository, UInt32(GIT_ATTR_CHECK_FILE_THEN_INDEX), path, name.cText) == 0,
      git_attr_value(value) == GIT_ATTR_VALUE_STRING, let value
    else { return nil }
    return ByteText.string(fromC: value)
  }

  /// Whether a file is the one that the pointer in the index names; nil where that cannot be said.
  private func isUploaded(_ path: [UInt8]) -> Bool? {
    switch blob(of: path) {
    case .unreadable: nil
    // Added without the filter, it would be a pointer now.
    case .content: false
    case .pointer(let pointer):
      pointer.isExtended ? nil : pointer.isFile(workTree.pushing(FilePath(bytes: path)))
    }
  }

  /// What Git LFS has to do with a blob.
  private enum Blob {
    case pointer(LFSPointer)
    case content
    case unreadable
  }

  /// The blob that the index has for a file.
  private func blob(of path: [UInt8]) -> Blob {
    var index: OpaquePointer?
    guard git_repository_index(&index, repository) == 0 else { return .unreadable }
    defer { git_index_free(index) }
    guard let entry = git_index_get_bypath(index, path.map { CChar(bitPattern: $0) } + [0], 0) else {
      return .unreadable
    }
    var id = entry.pointee.id
    var blob: OpaquePointer?
    guard git_blob_lookup(&blob, repository, &id) == 0 else { return .unreadable }
    defer { git_blob_free(blob) }
    let bytes = UnsafeRawBufferPointer(start: git_blob_rawcontent(blob), count: Int(git_blob_rawsize(blob)))
    return LFSPointer(bytes).map { .pointer($0) } ?? .content
  }

  /// The files that differ as git sees them, with the user's filters.
  private func changed() throws(GitError) -> Set<[UInt8]> {
    if settings.hasUnnameable {
      throw GitError(.invalid, "reading", workTree.visible, reason: "a filter's name has an equals sign")
    }
    try GitDirectoryCheck.indexForProgram(of: gitDirectory)
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading(seconds: Limits.filters)
    // What the user runs may take what it takes.
    git.memoryLimit = nil
    git.options += ["--work-tree=\(workTree.text)"] + settings.options
    let arguments = [
      "status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=all", "--no-renames",
    ]
    let output = try git.output(arguments) ?? []
    return Set(StatusRecords(output).changedPaths)
  }
}
