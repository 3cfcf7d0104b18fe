public import Git
public import Metadata
import SystemSupport
import ByteStrings
public import Registry
import Synchronization
public import SystemPackage

/// A project as it is on this machine, before it is known which entry it is: a directory, the repository around it,
/// and what its `.dev-infra.yml` says.
public struct ProjectDirectory: Sendable {
  /// The project's directory, absolute and with symbolic links resolved.
  public let path: FilePath
  /// The repository that it is, or is in; nil for a directory that only has a `.dev-infra.yml`.
  public let facts: RepositoryInfo?
  /// What `.dev-infra.yml` says; nil where there is none.
  public let metadata: ProjectMetadata?
  /// The directory below the repository's root, where the project is not the whole of it.
  public let subdirectory: FilePath?
  /// The remote that counts for the identity, where there is one that may be used: as in the repository, until
  /// ``resolve(by:)`` makes of it what any machine knows.
  public private(set) var url: RemoteURL?
  /// ``url`` as in the repository, where that is another place.
  private(set) var localURL: RemoteURL?
  /// The name of that remote.
  public let remoteName: String?
  /// All remotes by name, as they may be stored.
  public let remotes: ByteKeyed<String>
  private let remoteURLs: [RemoteURL]
  /// The URLs that were read of it.
  var urls: ReadURLs { ReadURLs([url, localURL].compactMap { $0 } + remoteURLs) }
  /// What is odd about it.
  public var warnings: [RegistrationWarning] {
    guard let failure = root.failure else { return noted }
    return noted + [.firstCommitLeftOut(path, failure)]
  }
  private let noted: [RegistrationWarning]
  private let root: RootCommit

  /// Reads the project that `directory` is, or is in: the nearest one upward that has a `.dev-infra.yml`, else
  /// the whole repository.
  ///
  /// - Parameter isNew: whether no registry knows it, so that all that can be known of it will be asked for.
  /// - Throws: also where the directory does not answer; see `Examination`.
  public init(_ directory: FilePath, isNew: Bool = false) throws {
    self = try Examination.run(of: directory) { () throws -> ProjectDirectory in
      try ProjectDirectory(examining: directory, isNew)
    }
  }

  private init(examining directory: FilePath, _ isNew: Bool) throws {
    let (resolved, facts) = try Self.read(directory, isNew)
    var metadata: ProjectMetadata?
    var place = resolved
    let root = facts?.root ?? resolved
    if facts?.kind != .bare {
      while true {
        metadata = try Self.metadata(in: place)
        if metadata != nil || place == root || !place.starts(with: root) { break }
        place = place.removingLastComponent()
      }
    }
    if facts == nil, metadata == nil {
      throw RegistryStoreError.notAProject(directory)
    }
    let path = metadata == nil ? root : place
    self.path = path
    self.facts = facts
    self.metadata = metadata
    var below = path
    subdirectory = below.removePrefix(root) && !below.isEmpty ? below : nil

    var warnings = metadata?.findings.map { RegistrationWarning.metadata(path, $0.message) } ?? []
    var remotes: ByteKeyed<String> = [:]
    var urls: ByteKeyed<RemoteURL> = [:]
    for remote in facts?.remotes ?? [] {
      let (name, raw) = (remote.name, remote.url)
      do {
        var text = raw
        if RemoteURL.isAliasCandidate(raw), let expanded = facts?.rewritten(raw) { text = expanded }
        let url = try RemoteURL(text, relativeTo: facts?.workTree ?? facts?.gitDirectory ?? root)
        if url.droppedSecret {
          warnings.append(.passwordDropped(path, remote: name))
        }
        remotes[name] = url.stored
        urls[name] = url
      } catch {
        warnings.append(.remoteLeftOut(path, remote: name, error))
      }
    }
    let counting = facts?.primaryRemote?.name
    remoteName = counting
    url = counting.flatMap { urls[$0] }
    self.remotes = remotes
    remoteURLs = urls.map(\.value)
    noted = warnings
    self.root = RootCommit()
  }

  /// Gives the remote the URL that any machine knows.
  public mutating func resolve(by addresses: RemoteAddresses) {
    guard let configured = localURL ?? url else { return }
    let resolved = addresses.resolved(configured)
    localURL = resolved == configured ? nil : configured
    url = resolved
  }

  private static func read(
    _ directory: FilePath, _ isNew: Bool
  ) throws -> (resolved: FilePath, facts: RepositoryInfo?) {
    guard let resolved = directory.resolved else {
      throw SystemError("reading the project", directory.visible)
    }
    guard Files.kind(of: resolved) == .directory else {
      throw RegistryStoreError.notADirectory(directory)
    }
    do {
      let facts = try RepositoryInfo.read(at: resolved, readingHistory: isNew)
      if let workTree = facts.workTree,
        let objection = WorkTreeClaim.objection(workTree: workTree, gitDirectory: facts.gitDirectory)
      {
        throw ForeignWorkTree(directory: directory, objection: .claim(objection))
      }
      return (resolved, facts)
    } catch let error as ForeignWorkTree {
      throw error
    } catch let error as GitError where error.kind == .notARepository {
      return (resolved, nil)
    } catch {
      throw RegistryStoreError.unreadableProject(resolved, error)
    }
  }

  /// A directory that passes for a work tree of another repository; see ``WorkTreeClaim``.
  public struct ForeignWorkTree: Error, Sendable {
    /// The directory.
    public let directory: FilePath
    /// Why it is not what it pretends to be.
    public let objection: Objection

    /// Why a directory is not what it pretends to be.
    public enum Objection: Sendable, Hashable {
      /// Its git directory is another's.
      case claim(WorkTreeClaim.Objection)
      /// It is a main work tree of a repository that has one, a project at this place.
      case sharedRepository(of: String, at: FilePath)
    }
  }

  private static func metadata(in directory: FilePath) throws -> ProjectMetadata? {
    do {
      return try ProjectMetadata.read(in: directory)
    } catch let error as MetadataError {
      throw RegistryStoreError.malformedMetadata(
        file: directory.appending(ProjectMetadata.fileName), error)
    }
  }

  /// What kind of checkout the path is.
  var kind: CheckoutPath.Kind {
    switch facts?.kind {
    case .worktree: .worktree
    case .bare: .bare
    case .main, nil: .main
    }
  }

  /// Whether a URL's normal form names this directory, as for a clone of it.
  func isPlace(_ normalized: String) -> Bool {
    guard normalized.begins(with: "/") else { return false }
    return [path, facts?.gitDirectory].contains { place in
      let url = place.flatMap { try? RemoteURL($0.text) }
      return url?.normalized.hasSameBytes(as: normalized) ?? false
    }
  }

  /// The name of a project that nothing else names: that of its directory, for a linked worktree of the main one.
  var defaultName: String {
    let place = subdirectory == nil ? facts?.mainDirectory ?? path : path
    // A file system may allow longer names than an entry.
    let shown = TextRule.line.cleaned(place.lastComponent?.string ?? "/")
    let name = String(String.UnicodeScalarView(shown.unicodeScalars.prefix(200)))
    let isBare = place == facts?.commonDirectory
    return isBare && name.ends(with: ".git") && name.count > 4 ? String(name.dropLast(4)) : name
  }

  /// The identities it could have, the first that holds first.
  ///
  /// - Parameter trustingDeclared: whether the `id` that `.dev-infra.yml` declares counts.
  func identities(on machine: MachineID, trustingDeclared: Bool) -> [Identity] {
    var sources: [Identity.Source] = []
    if trustingDeclared, let id = metadata?.id { sources.append(.declared(id)) }
    if let url { sources.append(.remote(url.normalized)) }
    if let root = rootCommit { sources.append(.root(root)) }
    let place = subdirectory == nil ? facts?.mainDirectory ?? path : path
    sources.append(.path(machine, place))
    return sources.map { source in
      if case .path = source { return Identity(source) }
      return Identity(source, subdirectory: subdirectory)
    }
  }

  /// The identity record and id that the project has by itself, whatever a registry knows.
  public func identity(on machine: MachineID) throws -> (record: String, id: ProjectID) {
    let record = identities(on: machine, trustingDeclared: true)[0].record
    guard let id = ProjectID(ofIdentity: record, hash: ObjectID.blobHash) else {
      throw RegistryStoreError.notHashed(record)
    }
    return (record, id)
  }

  /// The first-parent root of HEAD; nil without commits and in a shallow clone.
  var rootCommit: String? { root.value(facts)?.id }

  /// When the root commit was made, in milliseconds since 1970.
  var rootCommitTime: Int64? { root.value(facts)?.time.map { $0 * 1000 } }
}

/// The root commit, read when first needed and then kept: the walk to it takes time in a long history.
private final class RootCommit: Sendable {
  private let known = Mutex<Result<FirstCommit?, GitError>?>(nil)

  func value(_ facts: RepositoryInfo?) -> FirstCommit? {
    known.withLock { known in
      if let known { return try? known.get() }
      let root = Result { () throws(GitError) -> FirstCommit? in try facts?.firstCommit() }
      known = root
      return try? root.get()
    }
  }

  /// Why it could not be read, where somebody has asked for it.
  var failure: GitError? {
    known.withLock { known in
      if case .failure(let error) = known { error } else { nil }
    }
  }
}
