public import Git
import Registry
import SystemSupport

extension RegistryStore {
  /// Checks every invariant of the registry on a commit.
  ///
  /// - Returns: what does not hold.
  public func verify(_ commit: ObjectID) throws -> [VerificationFinding] {
    var findings: [VerificationFinding] = []
    do {
      try Self.checkFormat(of: commit, as: .commit(commit), in: repository)
    } catch {
      findings.append(.notARegistry(error))
    }
    let found = try changes(from: nil, to: commit)
    let entries = found.changes
    findings += found.problems.map { .misplaced(path: $0.path, $0.fault) }
    var keys = SharedKeys()
    var projects: [ProjectID] = []
    var machines: Set<MachineID> = []
    var checkouts: [(owner: MachineID, project: ProjectID)] = []
    try readEach(of: entries, from: \.new, VerifiedEntry.init) { entry, verified in
      if let fault = verified.fault {
        findings.append(.unusable(entry.path, fault))
        return
      }
      if !verified.isCanonical { findings.append(.notCanonical(entry.path)) }
      switch entry.path {
      case .format, .unknown: break
      case .machine(let id): machines.insert(id)
      case .checkout(let owner, let id): checkouts.append((owner, id))
      case .project(let id):
        if let key = verified.key { keys.add(Int32(projects.count), key) }
        projects.append(id)
      }
    }
    let known = Self.isOrdered(projects) ? projects : projects.sorted()
    for (owner, id) in checkouts {
      // Another machine drops its own at its next pull.
      if owner == machine.id, known.sortedIndex(of: id, by: \.self) == nil {
        findings.append(.withoutProject(.checkout(owner, id)))
      }
      if !machines.contains(owner) {
        findings.append(.withoutMachine(.checkout(owner, id)))
      }
    }
    // Of a remote's commit it can be known what it has of this machine that this machine did not write.
    let main = try main()
    if let base = try repository.mergeBase(main, commit), base != commit {
      findings += try foreignEntries(in: commit, since: base, besideHistoryOf: main).map {
        .foreign($0)
      }
    }
    let shared = try keys.shared().sorted().compactMap { try project(projects[Int($0)], in: commit) }
    for fold in Duplicates.folds(in: shared) {
      findings.append(.duplicate(.project(fold.kept), of: Array(fold.dropped)))
    }
    return findings
  }

  private static func isOrdered(_ ids: [ProjectID]) -> Bool {
    zip(ids, ids.dropFirst()).allSatisfy { $0 <= $1 }
  }
}

/// What is kept of an entry that was verified.
private struct VerifiedEntry: Sendable {
  /// Why it cannot be used.
  private(set) var fault: (any Error)?
  private(set) var isCanonical = true
  /// The hash of a project's ``Project/duplicateKey``.
  private(set) var key: Int?

  @Sendable init(_ entry: TreeChange, in repository: borrowing Repository) {
    guard let blob = entry.new else { return }
    do {
      let checked = try RegistryStore.checkedEntry(blob, at: entry.path, in: repository)
      isCanonical = checked.isCanonical
      key = checked.project?.duplicateKey?.hashValue
    } catch {
      fault = error
    }
  }
}

/// The projects whose key another one may have too, by their numbers, told by the keys' hashes: of 100,000 projects few are looked
/// at again, and only these are in memory.
private struct SharedKeys {
  private var keys: [(hash: Int, number: Int32)] = []

  mutating func add(_ number: Int32, _ hash: Int) { keys.append((hash, number)) }

  /// The projects whose key has the same hash as the key of another one.
  mutating func shared() -> Set<Int32> {
    keys.sort { $0.hash < $1.hash }
    var shared: Set<Int32> = []
    for (one, other) in zip(keys, keys.dropFirst()) where one.hash == other.hash {
      shared.formUnion([one.number, other.number])
    }
    return shared
  }
}
