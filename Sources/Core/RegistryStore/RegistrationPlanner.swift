public import Git
import Metadata
import SystemSupport
import ByteStrings
public import Registry
import RegistryIndex
import SystemPackage

/// Plans what registering directories puts into the registry: which entry each belongs to, and what the entry says then.
///
/// What `.dev-infra.yml` declares goes before what the registry has.
///
/// What is here and known goes before what is found. Any repository may claim to be any project, by its remote's URL, the
/// id that its `.dev-infra.yml` declares or a copied history. So one directory speaks for a project on this machine: the
/// first of its ``Checkout/ranked`` paths that still holds it. Another one that says it is the same project becomes a
/// further path behind that one, and changes nothing else of the entry. What has nothing but the first commit of a project
/// that is here is a project of its own.
public struct RegistrationPlanner: ~Copyable {
  let base: ObjectID
  let now: Timestamp
  let machine: MachineID
  let addresses: RemoteAddresses
  let restoring: Bool
  var index: ProjectIndex
  var planned: PlannedEntries
  var away = AwayProjects()
  /// Read when it is first asked for.
  private var removed: RemovedProjects?

  /// - Parameters:
  ///   - base: the commit that the plan starts from.
  ///   - restoring: whether a project that was removed comes back, with what was known of it: only where a person named it.
  public init(_ store: borrowing RegistryStore, base: ObjectID, restoring: Bool = true) throws {
    // What may fail comes first: a value that cannot be copied is made whole or not at all.
    let addresses = try RemoteAddresses(store)
    let index = ProjectIndex(try store.view(of: base))
    self.base = base
    self.restoring = restoring
    now = Timestamp(milliseconds: Clock.nowMilliseconds)
    machine = store.machine.id
    self.addresses = addresses
    self.index = index
    planned = PlannedEntries(of: base, on: store.machine.id)
  }

  /// What the plan changes: values by path, nil for what goes.
  public var entries: [EntryPath: JSON?] { planned.changes }

  /// Plans to register a directory.
  ///
  /// - Parameter known: the entry that it is, where that is not to be looked for.
  /// - Throws: ``RemovedFromRegistry`` for what was removed, where that is not to come back.
  public mutating func register(
    _ directory: ProjectDirectory, as known: ProjectID? = nil, in store: borrowing RegistryStore
  ) throws -> Registration {
    var directory = directory
    directory.resolve(by: addresses)
    let urls = directory.urls
    var warnings: [RegistrationWarning] = []
    let entry = try entry(of: directory, as: known, &warnings, in: store)
    let (id, isNew, before) = (entry.project.id, entry.isNew, entry.project)
    var project = before
    var checkout = try planned.checkout(id, in: store) ?? Checkout(paths: [], remotes: [:])
    let checkoutBefore = checkout

    let speaker = try isNew ? nil : speaker(for: project, in: checkout, beside: directory)
    if let speaker {
      var claimed = project
      _ = takeMetadata(of: directory, into: &claimed)
      // Another branch of the same repository may well say something else.
      if claimed != project, directory.kind != .worktree {
        warnings.append(.anotherClone(directory.path, of: project.name, speaker: speaker))
      }
    } else {
      takeRemote(of: directory, recordedIn: checkout, into: &project)
      if !isNew, project.remoteURL != before.remoteURL { keepApart(&project, urls) }
      takeFirstCommit(of: directory, into: &project)
      takeDefaultBranch(of: directory, isKnown: !checkoutBefore.paths.isEmpty, &checkout, into: &project)
      takePlace(of: directory, recordedIn: checkoutBefore, into: &project)
      var claimed = project
      warnings += takeMetadata(of: directory, into: &claimed)
      if isNew {
        project = claimed
      } else {
        warnings += try takeDeclared(claimed, of: directory, into: &project, &checkout, in: store)
      }
      checkout.remotes = directory.remotes
    }
    if isNew || project != before {
      project.updated = Timestamp.following(entry.lastUpdate, now: now)
      project.updatedBy = machine
    }
    put(directory, into: &checkout, behind: speaker)
    do {
      try project.validate(urls)
      _ = try Checkout(json: checkout.json, urls)
    } catch {
      throw RegistryStoreError.unstorableProject(directory.path, error)
    }
    try release(directory.path, from: id, store)

    planned.put(project)
    planned.put(checkout, of: id)
    let change: Registration.Change =
      isNew ? .registered : project == before && checkout == checkoutBefore ? .unchanged : .updated
    if change != .unchanged { replaceRow(id, urls) }
    away.remove(project)
    return Registration(
      id: id, name: project.name, path: directory.path, change: change,
      warnings: directory.warnings + warnings)
  }

  /// The entry that a directory is registered as.
  private struct Entry {
    /// What it says before the directory is read into it.
    let project: Project
    /// Whether the registry does not have it.
    let isNew: Bool
    /// When it was last changed; nil where there never was one.
    let lastUpdate: Timestamp?
  }

  /// The entry of a directory: one that the registry has, else one that was removed, else a new one.
  private mutating func entry(
    of directory: ProjectDirectory, as known: ProjectID?, _ warnings: inout [RegistrationWarning],
    in store: borrowing RegistryStore
  ) throws -> Entry {
    let (found, trusting) = try known.map { ($0, true) } ?? find(directory, &warnings, store)
    if let found, let project = try planned.project(found, in: store) {
      return Entry(project: project, isNew: false, lastUpdate: project.updated)
    }
    let removed = try removed(before: store)
    guard let former = removal(of: directory, among: removed, trusting: trusting)?.project else {
      let project = try newProject(directory, beside: removed, trustingDeclared: trusting)
      return Entry(project: project, isNew: true, lastUpdate: nil)
    }
    guard restoring else { throw RemovedFromRegistry(name: former.name, path: directory.path) }
    return Entry(project: former, isNew: true, lastUpdate: former.updated)
  }

  /// The projects that were removed before the plan.
  mutating func removed(before store: borrowing RegistryStore) throws -> RemovedProjects {
    if let removed { return removed }
    let removed = try store.removedProjects(before: base)
    self.removed = removed
    return removed
  }

  /// Notes a directory among the paths of its project: first where it speaks for that, else behind the one that does.
  private func put(_ directory: ProjectDirectory, into checkout: inout Checkout, behind speaker: FilePath?) {
    let former = checkout.paths.first { $0.path == directory.path }
    var locked: [FilePath]?
    func isGone(_ path: FilePath) -> Bool {
      guard Files.isMissing(path) else { return false }
      locked = locked ?? directory.facts.map { WorkTreeOperations.lockedWorkTrees(of: $0.commonDirectory) }
      return !(locked ?? []).contains { path.starts(with: $0) }
    }
    checkout.paths.removeAll { place in
      place.path == directory.path || isGone(place.path) || place.path.resolved == directory.path
    }
    checkout.paths += [
      CheckoutPath(path: directory.path, kind: directory.kind, unknown: former?.unknown ?? [:])
    ]
    checkout.first = nil
    let wanted = speaker ?? directory.path
    if checkout.ranked.first?.path != wanted { checkout.first = wanted }
  }

  /// Plans edits of a project that a directory was registered as.
  ///
  /// - Returns: what registering it came to, with them.
  mutating func edit(_ registration: Registration, by edits: [FieldEdit]) throws -> Registration {
    guard var project = planned.knownProject(registration.id) else { return registration }
    let before = project
    for edit in edits { try edit.apply(to: &project) }
    guard project != before else { return registration }
    project.updated = Timestamp.following(before.updated, now: now)
    project.updatedBy = machine
    planned.put(project)
    replaceRow(registration.id)
    return Registration(
      id: registration.id, name: project.name, path: registration.path,
      change: registration.change == .unchanged ? .updated : registration.change,
      warnings: registration.warnings)
  }

  /// Plans that a project here has keys of another checkout of it that this version does not know, where it has none of
  /// that name.
  mutating func carry(_ other: Checkout, to id: ProjectID) {
    guard case .some(.some(var checkout)) = planned.knownCheckout(id) else { return }
    checkout.unknown = other.carried.merging(checkout.unknown) { _, own in own }
    planned.put(checkout, of: id)
  }

  /// Plans that this machine no longer has the project at a path.
  ///
  /// - Returns: whether it has it nowhere any more.
  @discardableResult
  mutating func drop(_ path: FilePath, of id: ProjectID, in store: borrowing RegistryStore) throws -> Bool {
    guard var checkout = try planned.checkout(id, in: store) else { return true }
    checkout.paths.removeAll { $0.path == path }
    let first = checkout.first
    checkout.first = nil
    if let first, first != path, checkout.ranked.first?.path != first { checkout.first = first }
    planned.put(checkout.paths.isEmpty ? nil : checkout, of: id)
    _ = try planned.project(id, in: store)
    replaceRow(id)
    return checkout.paths.isEmpty
  }

  /// Whether a project is known to be at a path.
  func knows(_ path: FilePath) -> Bool { !index.rows(where: .paths, is: path.text).isEmpty }

  /// The project that a directory belongs to, where it is known.
  mutating func find(_ directory: ProjectDirectory, in store: borrowing RegistryStore) throws -> ProjectID? {
    var directory = directory
    directory.resolve(by: addresses)
    var ignored: [RegistrationWarning] = []
    return try find(directory, &ignored, store).id
  }

  /// Whether this machine has a project at a path, by the plan; nil where the plan has nothing to do with the project.
  func has(_ id: ProjectID, at path: FilePath) -> Bool? {
    planned.knownCheckout(id).map { $0?.paths.contains { $0.path == path } ?? false }
  }

  /// What is recorded of a project on this machine, by the plan. It does not become part of the plan: of 100,000 that are
  /// only looked at none stays in memory.
  func recorded(_ id: ProjectID, in store: borrowing RegistryStore) throws -> Checkout? {
    if let known = planned.knownCheckout(id) { return known }
    return try store.checkout(id, of: machine, in: base)
  }

  /// Takes a path from every other project that was known to be there.
  private mutating func release(
    _ path: FilePath, from id: ProjectID, _ store: borrowing RegistryStore
  ) throws {
    for row in index.rows(where: .paths, is: path.text) where row.id != id.hex {
      guard let other = ProjectID(row.id) else { continue }
      try drop(path, of: other, in: store)
    }
  }

  /// Brings the row by which a project is found up to date with the plan.
  mutating func replaceRow(_ id: ProjectID, _ urls: ReadURLs = ReadURLs()) {
    guard let project = planned.knownProject(id) else { return }
    let paths = planned.knownCheckout(id)??.ranked.map(\.path.text) ?? []
    index.replace(
      ViewRow(
        project, key: project.duplicateKey(urls)?.url ?? "", paths: paths,
        machines: paths.isEmpty ? [] : [machine])
    )
  }
}
