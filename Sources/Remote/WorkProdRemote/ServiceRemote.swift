import ByteStrings
public import Git
import SystemSupport
import Registry
import RegistryStore
public import SystemPackage
import WorkProd

/// A work-prod service as a remote of a registry: its records as commits, and commits as its records.
public final class ServiceRemote {
  private let directory: FilePath
  let repository: Repository
  let client: ServiceClient
  let state: RemoteState
  /// The remote's name; nil where it has none.
  let remote: String?
  /// Its name, or its URL where it has none.
  private let name: String
  let delegate: any WorkProdDelegate
  /// Whether progress is shown.
  public var showsProgress = false
  private(set) var seen: Seen?

  /// The service as it was looked at.
  struct Seen {
    let records: RecordSet
    /// The registry that the records are; nil where there is none yet.
    let commit: ObjectID?
    /// The commit before; the first of all registries where there was none.
    let parent: ObjectID
  }

  /// - Parameters:
  ///   - url: the service's.
  ///   - directory: the git directory of the registry.
  ///   - name: the remote's name, or its URL where it has none.
  ///   - delegate: gets its notices.
  public init(
    _ url: String, directory: FilePath, name: String, delegate: any WorkProdDelegate
  ) throws {
    self.delegate = delegate
    self.directory = directory
    remote = name.holds(":") ? nil : name
    repository = try Repository.open(directory)
    client = try ServiceClient(url, registry: directory, remote: remote, delegate: delegate)
    state = try RemoteState(url)
    self.name = name
  }

  /// What `list` tells: the commit of the service's main; nil where it has none.
  ///
  /// The same records make the same tree, and records that have not changed the same commit.
  ///
  /// - Parameter forPush: where records lack what is known, tells the commit before, so that git thinks a push worth
  ///   while. It would otherwise not even ask.
  public func main(forPush: Bool) throws -> ObjectID? {
    let seen = try look()
    if forPush, !seen.records.lacking.isEmpty, seen.commit != nil { return seen.parent }
    return seen.commit
  }

  /// Looks at the service, once.
  func look() throws -> Seen {
    if let seen { return seen }
    let (form, holdsStates) = try client.kind()
    if holdsStates, let remote {
      // It may have been upgraded since it was last asked for them.
      RegistryStore.forgetThatStatesAreMissing(at: remote, registry: directory)
    }
    let result = try read(client.records(), form)
    seen = result
    return result
  }

  private func read(_ records: [ServiceRecord], _ form: ServiceFlavor) throws -> Seen {
    let own = try state.commit(repository)
    let past = try past(own, records, form)
    let first = try RegistryStore.writeFirstCommit(to: repository)
    let set = RecordSet(records, form, knowing: try lastSeen(past), hash: ObjectID.blobHash)
    for report in set.reports.prefix(20) { delegate.note(.records(remote: name, report)) }
    if records.isEmpty {
      // Projects are removed one at a time. Where all are gone at once, the service has been set up anew, and nobody
      // has meant to remove them.
      guard let own, try RegistryContents(of: own, in: repository).projects.count < 2 else {
        try state.keep(nil, after: own, repository)
        return Seen(records: set, commit: nil, parent: first)
      }
    }
    let commit = try repository.withBatch { repository in
      let tree = try set.contents.write(onto: first, carrying: past?.commit, in: repository)
      for known in [past?.commit, own] {
        if let known, try repository.commit(known).tree == tree { return known }
      }
      return try Self.write(tree, parent: past?.commit ?? first, records, in: repository)
    }
    try state.keep(commit, after: own, repository)
    try state.remember(set.remembered, repository)
    let parent = try repository.commit(commit).parents.first ?? first
    return Seen(records: set, commit: commit, parent: parent)
  }

  /// A commit by the service, at the time of its last change: every machine that sees the same records makes the
  /// same commit.
  static func write(
    _ tree: ObjectID, parent: ObjectID, _ records: [ServiceRecord], in repository: borrowing Repository
  ) throws -> ObjectID {
    let time = records.map { ServiceRecord.time($0.updatedAt).milliseconds }.max() ?? 0
    let author = Signature(
      name: "work-prod", email: "work-prod@localhost", seconds: max(0, time / 1000), offsetMinutes: 0)
    return try repository.writeCommit(
      tree: tree, parents: [parent], author: author, committer: author, message: "Records of the service\n")
  }

  /// This machine, where the repository is a registry.
  var machine: MachineID? {
    (try? repository.configuration().localString("dev-infra.machine")).flatMap { $0 }.flatMap {
      MachineID($0)
    }
  }

  private func lastSeen(_ past: Past?) throws -> LastSeenState {
    var lastSeen = LastSeenState()
    let machine = machine
    var local: LocalProjects?
    lastSeen.identity = { [self] record in
      if local == nil {
        let main = try? repository.reference(RegistryStore.mainReference)
        let contents = main.flatMap { try? RegistryContents(of: $0, in: repository) } ?? RegistryContents()
        local = LocalProjects(contents, on: machine)
      }
      return local?.identity(of: record)
    }
    guard let past else { return lastSeen }
    let contents = try RegistryContents(of: past.commit, in: repository)
    var snapshots: [ProjectID: ProjectSnapshot]?
    lastSeen.snapshot = { id in
      if snapshots == nil { snapshots = contents.snapshots }
      return snapshots?[id]
    }
    lastSeen.records = past.records
    guard let machine else { return lastSeen }
    lastSeen.machine = (machine, contents.machines[machine])
    for (id, places) in contents.checkouts { lastSeen.ownCheckouts[id] = places[machine] }
    return lastSeen
  }
}
