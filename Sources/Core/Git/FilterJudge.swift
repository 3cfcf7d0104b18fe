import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// Judges files that differ from their blobs, where filters are in the way.
struct FilterJudge {
  private let repository: OpaquePointer
  private let gitDirectory: FilePath
  private let workTree: FilePath
  /// As libgit2 finds them.
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
    /// How many of the files that differ by their bytes count as unchanged.
    var unchanged = 0
    /// How many of the files with the bytes of their blobs count as changed: they were added before their filter
    /// was set.
    var changed = 0
    /// How many of the files that differ by their bytes may or may not be changed.
    var unsure = 0
  }

  /// Judges files of the work tree.
  ///
  /// - Parameters:
  ///   - different: the paths of those whose bytes differ from those of their blobs.
  ///   - same: the paths of those whose bytes do not.
  ///   - askingGit: whether git is asked about those that only it can judge; it says nothing about files that it is told not to
  ///     look at.
  func judge(
    different: [[UInt8]], same: [[UInt8]] = [], askingGit: Bool = true
  ) throws(GitError) -> Verdict {
    var verdict = Verdict()
    let (different, same) = (attributes(of: different), attributes(of: same))
    var git: (program: GitProgram, settings: FilterSettings)?
    if askingGit, (different + same).contains(where: needsGit) { git = try? gitWithFilters() }
    let settings = git?.settings ?? settings
    var asked: Set<[UInt8]> = []
    for file in different {
      switch way(of: file, settings) {
      case .bytes: break
      case .lfs:
        switch isUploaded(file.path) {
        case true?: verdict.unchanged += 1
        case false?: break
        case nil: verdict.unsure += 1
        }
      case .git: asked.insert(file.path)
      case .unknown: verdict.unsure += 1
      }
    }
    var askedOfSame: Set<[UInt8]> = []
    for file in same {
      switch way(of: file, settings) {
      // The blob holds a file that was added without the filter, or a pointer whose content is not here yet.
      case .lfs: if case .content = blob(of: file.path) { verdict.changed += 1 }
      case .git: askedOfSame.insert(file.path)
      case .bytes, .unknown: break
      }
    }
    guard !asked.isEmpty || !askedOfSame.isEmpty else { return verdict }
    if let git, let changed = try? changed(git.program) {
      verdict.unchanged += asked.count { !changed.contains($0) }
      verdict.changed += askedOfSame.count { changed.contains($0) }
    } else {
      verdict.unsure += asked.count
    }
    return verdict
  }

  /// What gitattributes(5) says of a file's content.
  private struct Attributes {
    let path: [UInt8]
    let filter: String?
    let isEncoded: Bool
  }

  private func attributes(of paths: [[UInt8]]) -> [Attributes] {
    paths.map { path in
      Attributes(
        path: path, filter: attribute("filter", path),
        isEncoded: attribute("working-tree-encoding", path) != nil)
    }
  }

  /// Whether git has to run for a file, or has to be asked whether there is a filter that libgit2 does not find.
  private func needsGit(_ file: Attributes) -> Bool {
    file.isEncoded || way(of: file, settings) == .git || !(file.filter.map(settings.defines) ?? true)
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

  private func way(of file: Attributes, _ settings: FilterSettings) -> Way {
    guard let name = file.filter, settings.defines(name) else { return file.isEncoded ? .git : .bytes }
    if name == "lfs", !file.isEncoded { return .lfs }
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

  /// A git that runs only the user's own filters, and the filter settings that it finds.
  private func gitWithFilters() throws(GitError) -> (program: GitProgram, settings: FilterSettings) {
    try GitDirectoryCheck.indexForProgram(of: gitDirectory)
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading()
    git.options.append("--work-tree=\(workTree.text)")
    let settings = try git.switchOffForeignFilters(reading: workTree)
    return (git, settings)
  }

  /// The files that differ as git sees them.
  private func changed(_ git: GitProgram) throws(GitError) -> Set<[UInt8]> {
    let arguments = [
      "status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=all", "--no-renames",
    ]
    let output = try git.output(arguments) ?? []
    return Set(StatusRecords(output).changedPaths)
  }
}
