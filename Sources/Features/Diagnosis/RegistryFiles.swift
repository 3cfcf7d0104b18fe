import Registry
import RegistryIndex
import RegistryStore
import SystemSupport
import ByteStrings
import SystemPackage

extension Diagnosis {
  /// Files of a registry that are looked at, so that the walk ends in any directory.
  private static let fileLimit = 200_000
  /// Rules that are told of one by one.
  private static let ruleLimit = 20

  /// The registry's directory, before anything in it is opened.
  ///
  /// - Returns: whether there is something to open.
  mutating func checkFiles(of registry: FilePath) -> Bool {
    let file = ViewFile(registry: registry)
    do {
      guard try file.exists() else {
        if Files.kind(of: registry) == nil {
          report.find(.note, .registry, .noRegistry(registry))
          return false
        }
        try file.requireRegistry()
        return true
      }
    } catch {
      report.find(.error, .registry, .registryUnusable(registry, error))
      return false
    }
    if let rights = try? FilePermissions(of: registry) {
      if rights.mode & 0o022 != 0 {
        report.find(.warning, .registry, .registryOpenToOthers(registry, mode: rights.mode, mayWrite: true))
      }
    }
    var walk = RegistryWalk()
    walk.visit(registry, left: Self.fileLimit)
    if let first = walk.firstOfOthers {
      report.find(
        .error, .registry, .filesOfOthers(first, count: walk.countOfOthers, registry: registry))
    }
    for lock in RegistryStore.staleLocks(in: registry) {
      report.find(.warning, .registry, .staleLock(lock))
    }
    if walk.looseObjects > 20_000 || walk.packs > 100 {
      report.find(
        .note, .registry,
        .unpacked(registry: registry, looseObjects: walk.looseObjects, packs: walk.packs))
    }
    checkIndex(file)
    return true
  }

  private mutating func checkIndex(_ file: ViewFile) {
    guard Files.kind(of: file.file.path) != nil else { return report.state(.registry, "index", "none") }
    guard let view = file.stored() else {
      report.find(.note, .registry, .derivedDamaged(file.file.path))
      return
    }
    let isFresh = view.commit == (try? file.main()) && view.machine == file.machine() ?? view.machine
    report.state(.registry, "index", isFresh ? "fresh" : "behind")
  }

  mutating func checkRules(of store: borrowing RegistryStore) throws {
    report.state(.registry, "machine", "\(store.machine.name) \(store.machine.id.hex)")
    let findings = try store.verify(store.main())
    for finding in findings.prefix(Self.ruleLimit) { report.find(.error, .registry, .brokenRule(finding)) }
    if findings.count > Self.ruleLimit {
      report.find(.error, .registry, .moreBrokenRules(findings.count - Self.ruleLimit))
    }
  }

  mutating func checkCheckouts(_ view: View) {
    let rows = view.rows
    let paths = rows.flatMap(\.paths).map { FilePath(text: $0) }
    report.state(.registry, "projects", "\(rows.count)")
    report.state(.registry, "checkouts", "\(paths.count)")
    let gone = Parallel.map(paths, silence: 2, threads: 8, progress: { _ in }) { Files.isMissing($0) }
    let missing = zip(paths, gone).filter { $0.1 == true }.map(\.0)
    if let first = missing.first {
      report.find(.note, .registry, .checkoutsGone(count: missing.count, first: first))
    }
  }

  /// Changes that are said to be of a time that has not come.
  mutating func checkChanges(_ view: View) {
    let now = Timestamp(milliseconds: surroundings.now)
    var latest: Timestamp?
    var names: [String] = []
    for row in view.rows {
      guard let updated = Timestamp(row[.updated]) else { continue }
      latest = max(latest ?? updated, updated)
      if updated.milliseconds - now.milliseconds > Self.tolerance { names.append(row.name) }
    }
    report.state(.clock, "last-change", latest?.description)
    report.state(.clock, "now", now.description)
    if let latest, !names.isEmpty {
      report.find(
        .warning, .clock, .changedInFuture(Array(names.prefix(3)), count: names.count, latest: latest))
    }
  }

  /// Milliseconds that clocks may be apart without its being told: edits follow each other by one each, and few clocks are set
  /// better than that.
  static let tolerance: Int64 = 60_000
}

/// What a registry's directory has: whose the files are, and how they are packed.
private struct RegistryWalk {
  var firstOfOthers: FilePath?
  var countOfOthers = 0
  var looseObjects = 0
  var packs = 0

  mutating func visit(_ directory: FilePath, left: Int) {
    var left = left
    visit(directory, &left, inObjects: false)
  }

  private mutating func visit(_ directory: FilePath, _ left: inout Int, inObjects: Bool) {
    guard var entries = DirectoryEntries(directory) else { return }
    while left > 0, let entry = entries.next() {
      left -= 1
      let path = directory.pushing(FilePath(bytes: entry.bytes))
      guard let status = Stat(at: path, followingLinks: false) else { continue }
      if !FileOwner.isUser(status.owner) {
        countOfOthers += 1
        if firstOfOthers == nil { firstOfOthers = path }
      }
      switch status.kind {
      case .directory:
        let name = String(decoding: entry.bytes, as: UTF8.self)
        visit(path, &left, inObjects: inObjects || name == "objects")
      case .file where inObjects:
        if entry.bytes.count == 38 { looseObjects += 1 }
        if entry.bytes.suffix(5).elementsEqual(".pack".utf8) { packs += 1 }
      default: break
      }
    }
  }
}
