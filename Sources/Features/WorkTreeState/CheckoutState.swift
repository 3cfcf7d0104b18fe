import ByteStrings
import SystemSupport
public import Git
public import Registry
public import SystemPackage

/// The state of one place where a project is on this machine: what dev-infra-ls-state(1) prints of it.
public struct CheckoutState: Sendable, Hashable {
  /// Where it is: absolute.
  public var path: FilePath
  /// What its repository holds; nil where that could not be read.
  public var repository: RepositoryState?
  /// Why it could not be read, as a sentence; nil where it was.
  public var error: String?
  /// Whether there is nothing at the path.
  public var isMissing = false

  /// A state of what was read.
  public init(path: FilePath, repository: RepositoryState) {
    self.path = path
    self.repository = repository
  }

  /// A state that could not be read.
  public init(path: FilePath, error: String, isMissing: Bool = false) {
    self.path = path
    self.error = error
    self.isMissing = isMissing
  }
}

// MARK: Queries

extension CheckoutState {
  /// The branch that is checked out, as it stands among the branches; nil for a detached HEAD and before the first commit.
  public var currentBranch: RepositoryState.Branch? {
    guard let name = repository?.branch else { return nil }
    return repository?.branches.first { $0.name.hasSameBytes(as: name) }
  }

  /// Whether HEAD names a commit and no branch.
  public var isDetached: Bool { repository.map { $0.branch == nil && $0.head != nil } ?? false }
  /// Whether files differ from HEAD: staged, changed, in conflict, or such that nobody can say.
  public var isDirty: Bool {
    repository.map { $0.staged + $0.changed + $0.conflicted + $0.unsure > 0 } ?? false
  }
  /// Whether there are untracked files.
  public var hasUntracked: Bool { repository.map { $0.untracked > 0 } ?? false }
  /// Whether there are stashes.
  public var isStashed: Bool { repository.map { $0.stashes > 0 } ?? false }
  /// Whether files are in conflict.
  public var isConflicted: Bool { repository.map { $0.conflicted > 0 } ?? false }
  /// Whether a merge, a rebase or the like is in progress.
  public var isBusy: Bool { repository?.operation != nil }
  /// Whether some branch's upstream has commits that it has not.
  public var isBehind: Bool { repository?.branches.contains { $0.behind ?? 0 > 0 } ?? false }
  /// Whether some branch, or a detached HEAD, has commits that are on no remote.
  public var isUnpushed: Bool {
    repository.map { $0.headOnly > 0 || $0.branches.contains { !$0.isOnRemote } } ?? false
  }
  /// Whether the repository has no remote.
  public var hasNoRemote: Bool { repository?.remotes.isEmpty ?? false }
  /// Whether there is anything here that may be nowhere else. A directory that is gone has nothing.
  public var hasUnsavedWork: Bool { !isMissing && (needsAttention || isUnpushed) }
  /// Whether there is anything here that a person may have left undone; what is only behind is not, nor a repository
  /// without a remote.
  public var needsAttention: Bool {
    error != nil || isDirty || hasUntracked || isStashed || isBusy || isUnpushed && !hasNoRemote
  }
}

// MARK: JSON

extension CheckoutState {
  /// As a JSON object, whose keys dev-infra-ls-state(1) lists. The same state is always the same bytes.
  public var json: JSON {
    let error = error.map { JSON.string($0) } ?? .null
    let path = JSON.string(Self.text(path.text))
    guard let repository else {
      var members: JSON.Members = ["error": error, "path": path]
      if isMissing { members["missing"] = .bool(true) }
      return .object(members)
    }
    // In the order of their bytes none has to make room for another.
    var members: JSON.Members = [
      "bare": .bool(repository.isBare),
      "branch": repository.branch.map { .string(Self.text($0)) } ?? .null,
      "branches": .array(repository.branches.map(Self.json)),
      "changed": .integer(repository.changed),
      "conflicted": .integer(repository.conflicted),
      "error": error,
      "head": repository.head.map { .string($0) } ?? .null,
      "head_only": .integer(repository.headOnly),
      "last_commit": Self.json(seconds: repository.lastCommit),
      "last_fetch": Self.json(seconds: repository.lastFetch),
      "operation": repository.operation.map { .string($0.rawValue) } ?? .null,
      "path": path,
      "remotes": .array(repository.remotes.map { .string(Self.text($0)) }),
      "staged": .integer(repository.staged),
      "stashes": .integer(repository.stashes),
      "submodules": .integer(repository.submodules),
      "unsure": .integer(repository.unsure),
      "untracked": .integer(repository.untracked),
    ]
    if isMissing { members["missing"] = .bool(true) }
    return .object(members)
  }

  /// Reads what ``json`` wrote; a missing key counts as nothing, and an unknown one is ignored.
  ///
  /// - Returns: nil if it is not such an object.
  public init?(json: JSON) {
    guard let text = json["path"]?.string else { return nil }
    path = FilePath(text: Self.name(text))
    error = json["error"]?.string
    isMissing = json["missing"] == .bool(true)
    guard let branches = json["branches"]?.array else { return }
    var state = RepositoryState()
    state.staged = Self.number(json["staged"]) ?? 0
    state.changed = Self.number(json["changed"]) ?? 0
    state.untracked = Self.number(json["untracked"]) ?? 0
    state.conflicted = Self.number(json["conflicted"]) ?? 0
    state.unsure = Self.number(json["unsure"]) ?? 0
    state.submodules = Self.number(json["submodules"]) ?? 0
    state.stashes = Self.number(json["stashes"]) ?? 0
    state.headOnly = Self.number(json["head_only"]) ?? 0
    state.branch = json["branch"]?.string.map(Self.name)
    state.head = json["head"]?.string
    state.isBare = json["bare"] == .bool(true)
    state.operation = json["operation"]?.string.flatMap { RepositoryState.Operation(rawValue: $0) }
    state.branches = branches.compactMap(Self.branch)
    state.remotes = (json["remotes"]?.array ?? []).compactMap { $0.string.map(Self.name) }
    state.lastCommit = Self.seconds(json["last_commit"])
    state.lastFetch = Self.seconds(json["last_fetch"])
    repository = state
  }

  private static func json(_ branch: RepositoryState.Branch) -> JSON {
    .object([
      "ahead": branch.ahead.map { .integer($0) } ?? .null,
      "behind": branch.behind.map { .integer($0) } ?? .null,
      "gone": .bool(branch.isUpstreamGone),
      "name": .string(text(branch.name)),
      "on_remote": .bool(branch.isOnRemote),
      "upstream": branch.upstream.map { .string(text($0)) } ?? .null,
    ])
  }

  private static func branch(_ json: JSON) -> RepositoryState.Branch? {
    guard let name = json["name"]?.string else { return nil }
    return RepositoryState.Branch(
      name: Self.name(name), upstream: json["upstream"]?.string.map(Self.name), ahead: number(json["ahead"]),
      behind: number(json["behind"]), isOnRemote: json["on_remote"] == .bool(true))
  }

  private static func json(seconds: Int64?) -> JSON {
    seconds.map { .string(Timestamp(milliseconds: $0 * 1000).description) } ?? .null
  }

  private static func seconds(_ json: JSON?) -> Int64? {
    json?.string.flatMap { Timestamp($0) }.map { $0.milliseconds / 1000 }
  }

  private static func number(_ json: JSON?) -> Int? { json?.count }

  /// A name in JSON, which is always Unicode: as git quotes it where it is not UTF-8, or could be taken for quoted.
  private static func text(_ name: String) -> String {
    ByteText.holdsRawBytes(name) || name.utf8.first == UInt8(ascii: "\"") ? Quoting.quote(name) : name
  }

  private static func name(_ text: String) -> String {
    guard text.utf8.first == UInt8(ascii: "\"") else { return text }
    return Quoting.unquote(Array(text.utf8)).map { ByteText.string(from: $0) } ?? text
  }
}
