import ByteStrings
public import Git
public import SystemPackage
import SystemSupport

/// What exists on this computer only, place by place.
public struct UnsavedFindings: Sendable {
  /// Something of one place.
  public struct Finding: Sendable {
    /// Where it is.
    public let path: FilePath
    /// What it is.
    public let fact: Fact
    /// How many there are.
    public let count: Int
  }

  /// What there is, with what is known of it besides its number.
  public enum Fact: Sendable {
    /// The directory is gone, so nobody can say what was in it.
    case missing
    /// A project's directory that is not a repository.
    case notARepository
    /// It could not be read, for this reason.
    case unreadable(String)
    /// Something was begun and not ended.
    case operation(RepositoryState.Operation)
    /// Files in conflict.
    case conflicted
    /// Files staged.
    case staged
    /// Files changed.
    case changed
    /// Changed files that git is told not to look at.
    case hidden
    /// Files of which nobody can say whether they differ.
    case unsure
    /// Untracked files and directories.
    case untracked
    /// What only rules of this computer ignore.
    case ignored
    /// Stashes.
    case stashes
    /// Commits on no remote elsewhere, and refs that lead to some of them.
    case commits(sources: [String])
    /// Tags not known to be on a remote.
    case tags([String])
    /// Notes, and other refs that are not pushed by themselves.
    case notes([String])
    /// Files of Git LFS not known to be uploaded.
    case lfs
    /// Files whose content git-annex knows to be nowhere else.
    case annex
    /// Commits, and no remote elsewhere; the remotes on this computer.
    case noRemote(here: [String])
    /// What could not be looked at, in a format that only git reads.
    case partial([UnsavedWork.Aspect])
    /// Files of a bare repository in a work tree that only its user knows.
    case workTreeElsewhere
    /// Projects of the registry that are to be pushed.
    case registryToPush
    /// All projects of a registry that has no remote elsewhere.
    case registryWithoutRemote
    /// A repository that is not registered.
    case unregistered
    /// A file in no repository.
    case file
    /// Files of a directory without repositories.
    case files
  }

  /// Everything that was found, the places in the order in which they were looked at.
  public private(set) var all: [Finding] = []

  /// Nothing was found yet.
  public init() {}

  /// Takes something; nothing where there is none of it.
  public mutating func add(_ path: FilePath, _ fact: Fact, _ count: Int = 1) {
    if count > 0 { all.append(Finding(path: path, fact: fact, count: count)) }
  }

  /// Takes what a checkout has.
  public mutating func take(_ path: FilePath, _ result: Result<UnsavedWork, GitError>) {
    if Files.isMissing(path) { return add(path, .missing) }
    switch result {
    case .failure(let error) where error.kind == .notARepository: add(path, .notARepository)
    case .failure(let error): add(path, .unreadable(error.message))
    case .success(let work): take(path, work)
    }
  }

  private mutating func take(_ path: FilePath, _ work: UnsavedWork) {
    let state = work.state
    if let operation = state.operation { add(path, .operation(operation)) }
    add(path, .conflicted, state.conflicted)
    add(path, .staged, state.staged)
    add(path, .changed, state.changed)
    add(path, .hidden, work.hidden)
    add(path, .unsure, state.unsure)
    add(path, .untracked, state.untracked)
    add(path, .ignored, work.ignoredHere)
    add(path, .stashes, state.stashes)
    add(path, .commits(sources: work.sources), work.commits)
    add(path, .tags(work.tags), work.tags.count)
    add(path, .notes(work.notes), work.notes.count)
    add(path, .lfs, work.lfsFiles)
    add(path, .annex, work.annexedFiles)
    if !work.hasRemoteElsewhere, work.commits > 0 { add(path, .noRemote(here: work.remotesHere)) }
    if !work.unexamined.isEmpty { add(path, .partial(work.unexamined)) }
    if work.hasWorkTreeElsewhere { add(path, .workTreeElsewhere) }
    for part in work.parts {
      if let error = part.error {
        add(part.path, .unreadable(error))
      } else if let inner = part.work {
        take(part.path, inner)
      }
    }
  }

  /// Takes what was found below a directory.
  public mutating func take(_ items: [OutsideFiles.Item]) {
    for item in items {
      switch item {
      case .repository(let path): add(path, .unregistered)
      case .file(let path): add(path, .file)
      case .directory(let path, let files): add(path, .files, files)
      case .unreadable(let path, let reason): add(path, .unreadable(reason))
      }
    }
  }

  /// The places in which something was found, each once.
  public var places: [FilePath] {
    var seen: Set<FilePath> = []
    return all.map(\.path).filter { seen.insert($0).inserted }
  }
}

extension UnsavedFindings.Fact {
  /// The word for its kind, as dev-infra-state(1) lists them.
  public var kind: String {
    switch self {
    case .missing: "missing"
    case .notARepository: "norepository"
    case .unreadable: "error"
    case .operation: "operation"
    case .conflicted: "conflicted"
    case .staged: "staged"
    case .changed: "changed"
    case .hidden: "hidden"
    case .unsure: "unsure"
    case .untracked: "untracked"
    case .ignored: "ignored"
    case .stashes: "stashes"
    case .commits: "commits"
    case .tags: "tags"
    case .notes: "notes"
    case .lfs: "lfs"
    case .annex: "annex"
    case .noRemote: "noremote"
    case .partial: "partial"
    case .workTreeElsewhere: "elsewhere"
    case .registryToPush, .registryWithoutRemote: "registry"
    case .unregistered: "unregistered"
    case .file: "file"
    case .files: "files"
    }
  }
}
