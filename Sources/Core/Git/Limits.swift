import SystemSupport

/// What is read of a repository: it comes from anywhere, so all of it is bounded, in time and in memory.
///
/// What is above a limit is refused by name. All sizes are in bytes, all times in seconds.
enum Limits {
  /// Time without progress after which the examination of a directory is given up.
  static let silence = 2.0
  /// Time in which the first commit of a history must be found; then a project is registered without it. A hook has less:
  /// the next `register` finds it.
  static let history = Environment["DEV_INFRA_HISTORY_TIMEOUT"].flatMap { Double($0) } ?? 20
  /// The same, as it reads in a sentence.
  static var historyText: String {
    history == history.rounded() ? "\(Int(history)) seconds" : "\(history) seconds"
  }
  /// Time that one run of the `git` program on a foreign repository may take.
  static let program = 5.0
  /// Time that counting the commits between two branches may take, where it gives no sign.
  static let graph = 20.0
  /// Time that one run of `git` may take which judges files by the user's own filters.
  static let filters = 30.0
  /// Bytes of a file that is compared in a second, on a slow disk.
  static let comparedPerSecond = 20 << 20
  /// Submodules within submodules that are looked at.
  static let submoduleDepth = 4
  /// Memory that libgit2 may take for one repository.
  static let memory = 192 << 20
  /// Memory that libgit2, and a `git` that reads a foreign repository, may take at once.
  static let allocation = 64 << 20
  /// Memory that git may take at once where it receives: 64 bytes for each object of a pack, and up to 144 where the remote is a
  /// directory, since it packs them as well. There are two for each project that is checked out on one machine.
  static let receivingAllocation = 200 << 20
  /// The same where it sends.
  static let sendingAllocation = 2 * receivingAllocation
  /// Objects that libgit2 keeps in memory to be read again.
  static let cache = 32 << 20
  /// A part of a pack that libgit2 maps at a time, and all that it has mapped.
  static let packWindow = 1 << 20
  static let packWindows = 4 << 20
  /// In a larger pack objects are so far from the bases of their deltas that its parts would be mapped again and again: a
  /// caller that reads all of it may map this much.
  static let largePack = 256 << 20
  /// Memory (`RLIMIT_DATA`) of a `git` program that reads a foreign repository.
  static let programMemory = 224 << 20
  /// The same of one that talks to a remote of the registry, or brings a template, and of what it starts.
  static let connectedMemory = 512 << 20
  /// The same of one that pushes to a remote of the registry.
  static let sendingMemory = 2 << 30

  /// A file that a fetch of the registry writes: all that it brings is one pack, of some 550 bytes for each project.
  static let receivedFile = 2 << 30

  /// A `.git` file, HEAD, `commondir`, `gitdir`, a ref.
  static let smallFile = 8 << 10
  /// The configuration, with all files that it includes.
  static let configuration = 4 << 20
  /// Files that a configuration includes, counted each time.
  static let includedFiles = 64
  /// `packed-refs`: some 500,000 refs.
  static let packedRefs = 32 << 20
  /// The index, each file of a split one: some 600,000 files.
  static let index = 64 << 20
  /// `shallow`, `info/grafts`, `objects/info/alternates`.
  static let list = 1 << 20
  /// The commit-graph: some 3 million commits.
  static let commitGraph = 192 << 20
  /// The multi-pack-index, and the index of a pack: some 60 million objects.
  static let packIndex = 2 << 30
  /// Object directories that a repository borrows from, directly and through others.
  static let alternates = 64
  /// Packs of one object directory.
  static let packs = 10_000

  /// Files and directories of a git directory that are looked at before the `git` program writes there.
  static let directoryEntries = 2_000_000
  /// Levels of directories there, where git reads them all: no system's paths have many more.
  static let directoryDepth = 256

  /// A commit or an annotated tag, with its message.
  static let commit = 4 << 20
  /// A tree: some 230,000 entries with names as long as the registry's.
  static let tree = 16 << 20
  /// A blob; many callers set a lower limit of their own.
  static let blob = 16 << 20

  /// The file of a loose object, deflated.
  static let looseFile = 17 << 20

  /// The most bytes of an object of this kind.
  static func size(of kind: ObjectKind) -> Int {
    switch kind {
    case .commit, .tag: commit
    case .tree: tree
    case .blob: blob
    }
  }
}
