import ByteStrings
public import Registry

/// What a machine last said of one place of a project; the keys are those of dev-infra-ls-state(1).
public struct PlaceState: Sendable {
  /// Where it is on the machine.
  public private(set) var path: String
  /// Why it could not be read there; nil where it could.
  public private(set) var error: String?
  /// Whether nothing was there.
  public let isMissing: Bool
  /// The branch that was checked out.
  public let branch: String?
  /// What was begun and not ended, such as a rebase.
  public let operation: String?
  /// Counts of files, by what is the matter with them.
  let staged: Int
  let changed: Int
  let untracked: Int
  let conflicted: Int
  let unsure: Int
  let stashes: Int
  /// Branches with commits that are on no remote.
  let unpushed: Int
  /// Commits of a detached HEAD that are on no branch and no remote.
  let headOnly: Int
  /// Commits that the upstream of the checked-out branch has, and it has not.
  let behind: Int
  /// Whether the repository has a remote.
  let hasRemote: Bool
  /// When its last commit was made.
  public let lastCommit: Timestamp?
  /// When something was last fetched.
  public let lastFetch: Timestamp?

  /// Reads one; nil for anything that is not a state.
  public init?(_ json: JSON) {
    guard let path = json["path"]?.string else { return nil }
    func number(_ key: String, _ branch: JSON? = nil) -> Int {
      (branch ?? json)[key]?.count ?? 0
    }
    self.path = path
    error = json["error"]?.string
    isMissing = json["missing"] == .bool(true)
    branch = json["branch"]?.string
    operation = json["operation"]?.string
    staged = number("staged")
    changed = number("changed")
    untracked = number("untracked")
    conflicted = number("conflicted")
    unsure = number("unsure")
    stashes = number("stashes")
    let branches = json["branches"]?.array ?? []
    unpushed = branches.count { $0["on_remote"] == .bool(false) }
    headOnly = number("head_only")
    let current = json["branch"]?.string
    behind =
      branches.first { branch in
        guard let current, let name = branch["name"]?.string else { return false }
        return name.hasSameBytes(as: current)
      }.map { number("behind", $0) } ?? 0
    hasRemote = !(json["remotes"]?.array ?? []).isEmpty
    lastCommit = json["last_commit"]?.string.flatMap { Timestamp($0) }
    lastFetch = json["last_fetch"]?.string.flatMap { Timestamp($0) }
  }

  /// What stands out about a place, the most urgent first.
  public enum Kind: UInt8, Sendable, CaseIterable, Comparable {
    /// The directory is not there any more.
    case gone
    /// It could not be read.
    case unreadable
    /// There is work that is not committed.
    case changed
    /// There are commits that are on no remote.
    case unpushed
    /// The remote has commits that are not here.
    case behind
    /// Nothing was left undone.
    case clean
    /// The machine has the project, and has said nothing of how it is.
    case unknown

    /// The order of urgency.
    public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

    /// The word for it.
    var word: String {
      switch self {
      case .gone: "gone"
      case .unreadable: "unreadable"
      case .changed: "changed"
      case .unpushed: "unpushed"
      case .behind: "behind"
      case .clean: "saved"
      case .unknown: "unknown"
      }
    }

    /// A sign that tells it apart without colour.
    var sign: String {
      switch self {
      case .gone: "✕"
      case .unreadable: "!"
      case .changed: "●"
      case .unpushed: "↑"
      case .behind: "↓"
      case .clean: "✓"
      case .unknown: "?"
      }
    }
  }

  /// What stands out.
  public var kind: Kind {
    if isMissing { return .gone }
    if error != nil { return .unreadable }
    if isChanged { return .changed }
    if isUnpushed { return .unpushed }
    return behind > 0 ? .behind : .clean
  }

  /// Whether there may be anything that is nowhere else, as dev-infra-machine(1) counts it: also where nobody could look. A
  /// directory that is gone has nothing.
  var isUnsaved: Bool { !isMissing && (error != nil || isChanged || isUnpushed) }

  /// Whether there are commits that are on no remote.
  private var isUnpushed: Bool { unpushed > 0 || headOnly > 0 }

  /// Whether there is work that is not committed, or was begun and not ended.
  private var isChanged: Bool {
    operation != nil || [staged, changed, untracked, conflicted, unsure, stashes].contains { $0 > 0 }
  }

  /// The same without its path, and without messages of the system, which may contain one.
  func withoutPath() -> PlaceState {
    var state = self
    state.path = ""
    if error != nil { state.error = "the machine says why" }
    return state
  }

  /// All of it in the words of dev-infra-state(1).
  var words: String {
    if isMissing { return "the directory is gone" }
    if let error { return "not readable: \(error)" }
    var parts: [String] = []
    func add(_ number: Int, _ one: String, _ many: String? = nil) {
      if number > 0 { parts.append("\(number) \(number == 1 ? one : many ?? one)") }
    }
    if let operation { parts.append("\(operation) in progress") }
    add(conflicted, "in conflict")
    add(staged, "staged")
    add(changed, "changed")
    add(unsure, "that cannot be judged")
    add(untracked, "untracked")
    add(stashes, "stash", "stashes")
    if hasRemote {
      add(unpushed, "branch not pushed", "branches not pushed")
      // In the middle of a rebase that is how it is.
      if operation == nil { add(headOnly, "commit on no branch", "commits on no branch") }
    }
    add(behind, "commit behind", "commits behind")
    if !hasRemote { parts.append("no remote") }
    return parts.isEmpty ? "nothing left undone" : parts.joined(separator: ", ")
  }
}
