import ByteStrings
public import SystemPackage

/// What two entries of one project have in common: where it is cloned from, and where within.
///
/// Compared by bytes: two spellings of a letter are two places.
public struct ProjectKey: Hashable, Sendable {
  /// The ``RemoteURL/normalized`` URL.
  public var url: String { bytes.text }
  private let bytes: ByteString
  /// Where below the repository's root; nil at the root.
  public let subdirectory: FilePath?

  /// A key; `url` must be a ``RemoteURL/normalized`` form.
  public init(url: String, subdirectory: FilePath?) {
    bytes = ByteString(url)
    self.subdirectory = subdirectory
  }
}

extension Project {
  /// Whether a machine has read it from a repository, and not only a client told of it.
  fileprivate var wasRead: Bool { rootCommit != nil || Identity.isOfDirectory(identity) }

  /// Whether it is another project than those with the same URL, and never one of their duplicates: somebody has made it
  /// beside them on purpose, as a client of a service may.
  public var isDistinct: Bool {
    get { unknown[Self.distinctKey] == .bool(true) }
    set { unknown[Self.distinctKey] = newValue ? .bool(true) : nil }
  }

  private static let distinctKey = "distinct"

  /// What it has in common with other entries of the same project; nil without a remote URL, and where it is distinct from
  /// them.
  public var duplicateKey: ProjectKey? { duplicateKey(ReadURLs()) }

  /// As ``duplicateKey``, by what is known of its URL.
  public func duplicateKey(_ urls: ReadURLs) -> ProjectKey? {
    guard !isDistinct, let remoteURL, let place = place ?? (try? urls.normalized(remoteURL)) else {
      return nil
    }
    return ProjectKey(url: place, subdirectory: subdirectory)
  }
}

/// Entries that turn out to be one project, and which of them stays.
public struct DuplicateMerge: Hashable, Sendable {
  /// The id that stays.
  public let kept: ProjectID
  /// The ids that go, in ascending order.
  public let dropped: [ProjectID]
}

/// Two machines may register one project by themselves under two ids; where they meet, the entries become one.
///
/// **Which entries are one** is decided by the entries alone, so that all machines decide the same:
///
/// - They have one ``ProjectKey``: the same remote, and the same place below it.
/// - Each has been read from a repository: it has a `root_commit`, or an identity that only a directory gives. A client of
///   a service that makes two records with one URL, or a record with the URL of a checkout, means two; nothing of its
///   entry comes from a repository, and it stays, with its name and its id.
/// - None of them says `distinct`.
/// - They do not declare different ids. Where a URL has several of these, the others cannot be known to be one of them
///   and are folded only with each other.
///
/// What is not folded is two projects for `verify` as well.
public enum Duplicates {
  /// The entries to make one, in the order of the ids that stay; the same whatever the order of `projects`.
  ///
  /// The older `created` keeps the id, the smaller id on a tie.
  public static func folds(in projects: some Sequence<Project>) -> [DuplicateMerge] {
    var groups: [ProjectKey: [Project]] = [:]
    for project in projects where project.wasRead {
      if let key = project.duplicateKey { groups[key, default: []].append(project) }
    }
    return groups.values.flatMap { classes(of: $0).compactMap(fold) }.sorted { $0.kept < $1.kept }
  }

  /// One group of the same key, split where declared ids tell projects apart.
  private static func classes(of group: [Project]) -> [[Project]] {
    guard group.count > 1 else { return [] }
    let byIdentity = Dictionary(grouping: group) {
      Identity.isDeclared($0.identity) ? Array($0.identity.utf8) : []
    }
    let declared = byIdentity.keys.count { !$0.isEmpty }
    return declared > 1 ? Array(byIdentity.values) : [group]
  }

  private static func fold(_ projects: [Project]) -> DuplicateMerge? {
    let sorted = projects.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    guard let kept = sorted.first, sorted.count > 1 else { return nil }
    return DuplicateMerge(
      kept: kept.id, dropped: sorted.dropFirst().map(\.id).filter { $0 != kept.id }.sorted())
  }

  /// The entry that stays: with its id, identity and `created`, the later value of every other field that both
  /// have, and the tags of both.
  public static func combine(kept: Project, dropped: Project, now: Timestamp) -> Project {
    let keptIsLater = !dropped.updated.isLater(than: kept.updated, now: now)
    let (later, earlier) = keptIsLater ? (kept, dropped) : (dropped, kept)
    var result = later
    result.id = kept.id
    result.identity = kept.identity
    result.created = kept.created
    for field in ProjectField.plain where field.text(of: later) == nil {
      field.put(field.text(of: earlier), into: &result)
    }
    result.remoteURL = later.remoteURL ?? earlier.remoteURL
    result.rootCommit = later.rootCommit ?? earlier.rootCommit
    result.defaultBranch = later.defaultBranch ?? earlier.defaultBranch
    result.subdirectory = later.subdirectory ?? earlier.subdirectory
    result.unknown = earlier.unknown.merging(later.unknown) { _, later in later }
    let united = (kept.tags + dropped.tags).sortedUniqueByBytes()
    result.tags = united.count <= Limits.tags ? united : later.tags
    return result
  }

  /// The checkout that one machine has of the project: the paths of both; where both have a remote of one name, that
  /// of the entry that stays.
  public static func combine(kept: Checkout, dropped: Checkout) -> Checkout {
    Checkout(
      paths: dropped.paths + kept.paths, remotes: dropped.remotes.merging(kept.remotes) { _, kept in kept },
      unknown: dropped.unknown.merging(kept.unknown) { _, kept in kept })
  }
}
