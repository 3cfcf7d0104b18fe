public import Git
import Metadata
import SystemSupport
import ByteStrings
public import Registry
import RegistryIndex
public import SystemPackage

/// What registering a directory came to.
public struct Registration: Sendable {
  /// What happened to the entry.
  public enum Change: Sendable {
    /// It is new.
    case registered
    /// It was there, and the entry or where it is here has changed.
    case updated
    /// It was there, and nothing has changed.
    case unchanged
  }

  /// The project's id.
  public let id: ProjectID
  /// Its name.
  public let name: String
  /// Its directory.
  public let path: FilePath
  /// What happened.
  public let change: Change
  /// What is odd about it.
  public let warnings: [RegistrationWarning]
}

/// A project that was removed from the registry, and is not put back by what nobody asked for.
public struct RemovedFromRegistry: Error, Sendable {
  /// The project's name.
  public let name: String
  /// The directory that would be it.
  public let path: FilePath
}

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
  var index: ProjectIndex
  var projects: [ProjectID: Project?] = [:]
  private var checkouts: [ProjectID: Checkout?] = [:]
  var original: [EntryPath: JSON] = [:]
  /// The entries that are not on this machine, by their first commits, as far as they have been asked for.
  private var away: [RootGroup: Away] = [:]
  var removed: RemovedProjects?
  let restoring: Bool

  private struct RootGroup: Hashable {
    let root: String
    let subdirectory: FilePath?
  }

  private struct Away {
    var withURL: [ViewRow] = []
    var withoutURL: [ViewRow] = []
  }

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
  }

  /// What the plan changes: values by path, nil for what goes.
  public var entries: [EntryPath: JSON?] {
    var entries: [EntryPath: JSON?] = [:]
    for (id, project) in projects { entries[.project(id)] = .some(project?.json) }
    for (id, checkout) in checkouts { entries[.checkout(machine, id)] = .some(checkout?.json) }
    return entries.filter { original[$0.key] != $0.value }
  }

  /// Every value that the plan has looked at, changed or not, of these projects.
  public func values(of id: ProjectID) -> [EntryPath: JSON] {
    var values: [EntryPath: JSON] = [:]
    if case .some(.some(let project)) = projects[id] { values[.project(id)] = project.json }
    if case .some(.some(let checkout)) = checkouts[id] { values[.checkout(machine, id)] = checkout.json }
    return values
  }

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
    let (found, trusting) = try known.map { ($0, true) } ?? find(directory, &warnings, store)
    let id: ProjectID
    var project: Project
    let isNew: Bool
    var lastWritten: Timestamp?
    if let found, let existing = try self.project(found, store) {
      (id, project, isNew, lastWritten) = (found, existing, false, existing.updated)
    } else {
      let former = try removal(of: directory, trusting: trusting, store)?.project
      if let former, !restoring { throw RemovedFromRegistry(name: former.name, path: directory.path) }
      project = try former ?? newProject(directory, trustingDeclared: trusting)
      (id, isNew, lastWritten) = (project.id, true, former?.updated)
    }
    let before = project
    var checkout = try checkout(id, store) ?? Checkout(paths: [], remotes: [:])
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
      if project.rootCommit == nil { project.rootCommit = directory.rootCommit }
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
      project.updated = Timestamp.following(lastWritten, now: now)
      project.updatedBy = machine
    }

    let former = checkout.paths.first { $0.path == directory.path }
    checkout.paths.removeAll { place in
      place.path == directory.path || Files.isMissing(place.path) || place.path.resolved == directory.path
    }
    checkout.paths += [
      CheckoutPath(path: directory.path, kind: directory.kind, unknown: former?.unknown ?? [:])
    ]
    checkout.first = nil
    let wanted = speaker ?? directory.path
    if checkout.ranked.first?.path != wanted { checkout.first = wanted }
    do {
      try project.validate(urls)
      _ = try Checkout(json: checkout.json, urls)
    } catch {
      throw RegistryStoreError.unstorableProject(directory.path, error)
    }
    try release(directory.path, from: id, store)

    projects[id] = .some(project)
    checkouts[id] = .some(checkout)
    let change: Registration.Change =
      isNew ? .registered : project == before && checkout == checkoutBefore ? .unchanged : .updated
    if change != .unchanged { replaceRow(id, urls) }
    noteHere(project)
    return Registration(
      id: id, name: project.name, path: directory.path, change: change,
      warnings: directory.warnings + warnings)
  }

  /// Plans that a project here has keys of another checkout of it that this version does not know, where it has none of
  /// that name.
  mutating func carry(_ other: Checkout, to id: ProjectID) {
    guard case .some(.some(var checkout)) = checkouts[id] else { return }
    checkout.unknown = other.carried.merging(checkout.unknown) { _, own in own }
    checkouts[id] = .some(checkout)
  }

  /// Plans that this machine no longer has the project at a path.
  ///
  /// - Returns: whether it has it nowhere any more.
  @discardableResult
  public mutating func drop(_ path: FilePath, of id: ProjectID, in store: borrowing RegistryStore) throws
    -> Bool
  {
    guard var checkout = try checkout(id, store) else { return true }
    checkout.paths.removeAll { $0.path == path }
    let first = checkout.first
    checkout.first = nil
    if let first, first != path, checkout.ranked.first?.path != first { checkout.first = first }
    checkouts[id] = .some(checkout.paths.isEmpty ? nil : checkout)
    _ = try project(id, store)
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
    checkouts[id].map { $0?.paths.contains { $0.path == path } ?? false }
  }

  /// What is recorded of a project on this machine, by the plan. It does not become part of the plan: of 100,000 that are
  /// only looked at none stays in memory.
  func recorded(_ id: ProjectID, in store: borrowing RegistryStore) throws -> Checkout? {
    if let planned = checkouts[id] { return planned }
    return try store.checkout(id, of: machine, in: base)
  }

  /// Takes a project out of the plan where it is to stay as it is.
  mutating func forgetUnchanged(_ id: ProjectID) {
    let (entry, place) = (EntryPath.project(id), EntryPath.checkout(machine, id))
    guard case .some(.some(let project)) = projects[id], case .some(.some(let checkout)) = checkouts[id],
      original[entry] == project.json, original[place] == checkout.json
    else { return }
    (projects[id], checkouts[id], original[entry], original[place]) = (nil, nil, nil, nil)
  }

  // MARK: Which entry

  /// The entry that a directory belongs to: by its declared id, its path here or that of another work tree of its
  /// repository, its URL, the name of a part whose place is empty, its root commit, in this order.
  ///
  /// - Returns: the id, nil for a project that is new; and whether the id that it declares is its own.
  private mutating func find(
    _ directory: ProjectDirectory, _ warnings: inout [RegistrationWarning], _ store: borrowing RegistryStore
  ) throws -> (id: ProjectID?, trusting: Bool) {
    var trusting = true
    if let declared = directory.metadata?.id, let id = declaredID(directory), let row = index.row(id) {
      if row.paths.containsBytes(of: directory.path.text) || sharesOrigin(directory, row) {
        return (id, true)
      }
      let here = row.paths.first { !Files.isMissing(FilePath(text: $0)) }
      if here == nil, isSame(directory, row) { return (id, true) }
      warnings.append(
        .foreignID(directory.path, id: declared, project: row.name, at: here.map { FilePath(text: $0) }))
      trusting = false
    }
    var parted: String?
    for row in index.rows(where: .paths, is: directory.path.text)
    where isSamePart(directory, row) && isSame(directory, row) {
      if try hasParted(directory, from: row, store) {
        parted = row.id
      } else {
        return (ProjectID(row.id), trusting)
      }
    }
    let below = directory.subdirectory?.text ?? ""
    for sibling in directory.facts?.siblings ?? [] {
      let place = directory.subdirectory.map { sibling.pushing($0) } ?? sibling
      let rows = index.rows(where: .paths, is: place.text)
      if let row = rows.first(where: { isSamePart(directory, $0) }) { return (ProjectID(row.id), trusting) }
    }
    if let row = sharingGitDirectory(directory) { return (ProjectID(row.id), trusting) }
    // Two that declare different ids are different projects, whatever else they share.
    let declares = trusting && directory.metadata?.id != nil
    func mayBe(_ row: ViewRow) -> Bool {
      row.id != parted && !(declares && row[.identity].begins(with: "id "))
    }
    if let url = directory.url {
      // An older entry of this machine may still have the URL that only it knows.
      let local = directory.localURL.map { index.rows(where: .key, is: $0.normalized) } ?? []
      let known = index.rows(where: .key, is: url.normalized) + local.filter { !$0.isEmpty(.paths) }
      let rows = known.filter {
        $0[.subdirectory].hasSameBytes(as: below) && mayBe($0)
      }
      // Of several a client may have made some on purpose, with ids of their own: those are not this directory's.
      if let row = rows.first(where: { !$0[.identity].begins(with: "id ") }) ?? rows.first {
        return (ProjectID(row.id), trusting)
      }
    }
    if let row = movedPart(directory, mayBe) { return (ProjectID(row.id), trusting) }
    return (proposal(for: directory, mayBe), trusting)
  }

  /// Whether a directory and a row are the same part of their repositories. Where one path is known, two branches may have
  /// the part in different places: the directory stays the project that it was.
  private func isSamePart(_ directory: ProjectDirectory, _ row: ViewRow) -> Bool {
    row.isEmpty(.subdirectory) == (directory.subdirectory == nil)
  }

  /// Whether a directory that is known as a project is another one by now: nothing but a first commit made them one, and
  /// their remotes differ.
  private mutating func hasParted(
    _ directory: ProjectDirectory, from row: ViewRow, _ store: borrowing RegistryStore
  ) throws -> Bool {
    guard let url = directory.url, let name = directory.remoteName, let id = ProjectID(row.id),
      ![url, directory.localURL ?? url].contains(where: { $0.normalized.hasSameBytes(as: row[.key]) }),
      row[.identity] != Identity(.remote(url.normalized), subdirectory: directory.subdirectory).record,
      !row[.identity].begins(with: "id "), let checkout = try checkout(id, store)
    else { return false }
    let first = checkout.ranked.first { place in
      place.path == directory.path || isHere(place.path, beside: directory.path)
    }
    guard let first else { return false }
    if first.path == directory.path {
      // A remote that it had has another URL now: the project has moved, and this is still it.
      if checkout.remotes[name] != nil || row.isEmpty(.key) { return false }
      return row.list(.machines).contains { $0 != machine.hex }
        || checkout.paths.contains { $0.path != directory.path && isHere($0.path, beside: directory.path) }
    }
    guard var other = try? ProjectDirectory(first.path), other.path == first.path else { return false }
    other.resolve(by: addresses)
    if let one = directory.facts, let two = other.facts, one.commonDirectory == two.commonDirectory {
      return false
    }
    return !(other.url?.normalized.hasSameBytes(as: url.normalized) ?? false)
  }

  /// The project of another directory here whose `.git` leads to the same separate git directory.
  private func sharingGitDirectory(_ directory: ProjectDirectory) -> ViewRow? {
    guard let facts = directory.facts, facts.kind == .main, let root = directory.rootCommit,
      facts.gitDirectory.lastComponent?.string != ".git"
    else { return nil }
    return index.rows(where: .rootCommit, is: root).first { row in
      isSamePart(directory, row)
        && row.paths.contains { path in
          !path.hasSameBytes(as: directory.path.text) && facts.isReached(from: FilePath(text: path))
        }
    }
  }

  /// The entry of a part of a repository that has moved within it: it has the name, and what it was is not there any more.
  private func movedPart(_ directory: ProjectDirectory, _ mayBe: (ViewRow) -> Bool) -> ViewRow? {
    guard directory.subdirectory != nil, let root = directory.facts?.root else { return nil }
    let name = directory.metadata?.name ?? directory.defaultName
    let rows: [ViewRow]
    if let url = directory.url {
      rows = index.rows(where: .key, is: url.normalized)
    } else if let first = directory.rootCommit {
      rows = index.rows(where: .rootCommit, is: first)
    } else {
      return nil
    }
    let moved = rows.filter { row in
      guard !row.isEmpty(.subdirectory), row.name.hasSameBytes(as: name), mayBe(row) else { return false }
      let place = root.pushing(FilePath(text: row[.subdirectory])).appending(ProjectMetadata.fileName)
      return Files.isMissing(place, followingLinks: false)
        && !row.paths.contains { isHere(FilePath(text: $0), beside: directory.path) }
    }
    return moved.count == 1 ? moved[0] : nil
  }

  /// The one entry that has the first commit of a directory and is nowhere on this machine.
  ///
  /// A first commit only proposes: starters that are copied and repositories that a script makes share it. So it never
  /// joins two that are both here.
  private mutating func proposal(for directory: ProjectDirectory, _ mayBe: (ViewRow) -> Bool) -> ProjectID? {
    guard let root = directory.rootCommit else { return nil }
    let group = RootGroup(root: root, subdirectory: directory.subdirectory)
    var away = self.away[group] ?? Away()
    if self.away[group] == nil {
      for row in index.rows(where: .rootCommit, is: root)
      where row[.subdirectory].hasSameBytes(as: directory.subdirectory?.text ?? "")
        && !row.paths.contains(where: { isHere(FilePath(text: $0), beside: directory.path) })
      {
        if row.isEmpty(.key) { away.withoutURL.append(row) } else { away.withURL.append(row) }
      }
      self.away[group] = away
    }
    var found: ViewRow?
    // A thousand may have one first commit: no more of them are looked at than it takes to find two.
    for rows in directory.url == nil ? [away.withoutURL, away.withURL] : [away.withoutURL] {
      for row in rows where mayBe(row) && !directory.isPlace(row[.key]) {
        if found != nil { return nil }
        found = row
      }
    }
    return found.flatMap { ProjectID($0.id) }
  }

  /// Whether a project is at a path. One that leads elsewhere by a link is the same place under its former name.
  func isHere(_ path: FilePath, beside directory: FilePath) -> Bool {
    path != directory && path.resolved == path && holdsProject(path)
  }

  private func declaredID(_ directory: ProjectDirectory) -> ProjectID? {
    directory.identities(on: machine, trustingDeclared: true).first.flatMap {
      ProjectID(ofIdentity: $0.record, hash: ObjectID.blobHash)
    }
  }

  // MARK: What was removed

  /// The removed project that a directory is, by the same marks as those that are there.
  private mutating func removal(
    of directory: ProjectDirectory, trusting: Bool, _ store: borrowing RegistryStore
  ) throws -> RemovedProject? {
    if removed == nil { removed = try store.removedProjects(before: base) }
    guard let removed, !removed.isEmpty else { return nil }
    for identity in directory.identities(on: machine, trustingDeclared: trusting) {
      guard let id = ProjectID(ofIdentity: identity.record, hash: ObjectID.blobHash), let found = removed[id],
        index.row(id) == nil
      else { continue }
      if case .root = identity.source {
        let isElsewhere = found.paths.contains { isHere($0, beside: directory.path) }
        if isElsewhere || directory.url != nil && found.key != nil { continue }
      }
      return found
    }
    if let url = directory.url,
      let found = removed.project(
        at: ProjectKey(url: url.normalized, subdirectory: directory.subdirectory)),
      index.row(found.project.id) == nil
    {
      return found
    }
    return removed.projects(at: directory.path).first { found in
      index.row(found.project.id) == nil && found.project.subdirectory == directory.subdirectory
        && found.project.rootCommit == directory.rootCommit
    }
  }

  /// Whether a directory can be the project of a row: the same URL or root commit, or nothing that tells them apart.
  private func isSame(_ directory: ProjectDirectory, _ row: ViewRow) -> Bool {
    if sharesOrigin(directory, row) { return true }
    guard directory.rootCommit != nil, !row[.rootCommit].isEmpty else {
      return directory.url == nil || row[.key].isEmpty
        || row.paths.containsBytes(of: directory.path.text)
    }
    return false
  }

  /// Whether a directory has the URL or the root commit of a row.
  private func sharesOrigin(_ directory: ProjectDirectory, _ row: ViewRow) -> Bool {
    let urls = [directory.url, directory.localURL].compactMap { $0?.normalized }
    if !row[.key].isEmpty, urls.containsBytes(of: row[.key]) { return true }
    guard let root = directory.rootCommit, !row[.rootCommit].isEmpty else { return false }
    return root == row[.rootCommit]
  }

  /// The directory that speaks for a project on this machine, where it is not `directory`: the first of the paths it is
  /// known at that still holds it.
  ///
  /// Of one repository the main work tree goes before a linked one, and that before the bare repository.
  ///
  /// - Throws: ``ProjectDirectory/ForeignWorkTree`` where the other one's repository is what `directory` pretends to be.
  private func speaker(
    for project: Project, in checkout: Checkout, beside directory: ProjectDirectory
  ) throws -> FilePath? {
    for place in checkout.ranked {
      if place.path == directory.path { return nil }
      guard holdsProject(place.path) else { continue }
      var there: ProjectDirectory
      do {
        there = try ProjectDirectory(place.path)
        there.resolve(by: addresses)
      } catch {
        // Damaged or not readable just now: it is still what is known.
        return place.path
      }
      guard there.path == place.path, let row = index.row(project.id), isSame(there, row) else { continue }
      guard let facts = directory.facts, let known = there.facts else { return place.path }
      // Both have been found to belong to that repository: it is the same one, seen from another of its work trees.
      if facts.commonDirectory == known.commonDirectory {
        let kinds = [CheckoutPath.Kind.main, .worktree, .bare]
        if kinds.firstIndex(of: directory.kind) ?? 0 < kinds.firstIndex(of: place.kind) ?? 0 { continue }
        if directory.kind == .main, place.kind == .main, directory.subdirectory == there.subdirectory {
          throw ProjectDirectory.ForeignWorkTree(
            directory: directory.path,
            objection: .sharedRepository(of: project.name, at: place.path))
        }
      }
      return place.path
    }
    return nil
  }

  /// Whether a directory may hold a project at all: an empty one that was left behind does not.
  func holdsProject(_ path: FilePath) -> Bool {
    [".git", ProjectMetadata.fileName, "HEAD", ".jj"].contains {
      !Files.isMissing(path.appending($0), followingLinks: false)
    }
  }

  // MARK: What it says

  private func newProject(_ directory: ProjectDirectory, trustingDeclared: Bool) throws -> Project {
    for identity in directory.identities(on: machine, trustingDeclared: trustingDeclared) {
      // The id of what was removed is not free: it would be that project again.
      guard let id = ProjectID(ofIdentity: identity.record, hash: ObjectID.blobHash), index.row(id) == nil,
        removed?[id] == nil
      else { continue }
      var project = Project(
        id: id, identity: identity.record, name: directory.defaultName,
        created: CalendarDate(Timestamp(milliseconds: directory.rootCommitTime ?? now.milliseconds)),
        updated: now, updatedBy: machine)
      project.remoteURL = directory.url?.stored
      project.subdirectory = directory.subdirectory
      return project
    }
    throw RegistryStoreError.noFreeIdentity(directory.path)
  }

  /// Takes over the remote URL where it has changed here since this machine last looked.
  ///
  /// One that merely differs stays: two machines may well reach one remote by different URLs, and must not go on
  /// overwriting each other's.
  private func takeRemote(
    of directory: ProjectDirectory, recordedIn checkout: Checkout, into project: inout Project
  ) {
    guard let url = directory.url, let name = directory.remoteName else { return }
    let configured = (directory.localURL ?? url).stored
    let hasChanged = checkout.remotes[name].map { !$0.hasSameBytes(as: configured) } ?? false
    // An entry that was made before it was known what the URL stands for has it as it is here.
    let isLocal = directory.localURL != nil && project.remoteURL?.hasSameBytes(as: configured) ?? false
    if project.remoteURL == nil || hasChanged || isLocal { project.remoteURL = url.stored }
  }

  /// Lets a project whose URL has become that of another one that is here as well be another project, with its name and
  /// its id, until it has a URL of its own again: two that a person registered do not become one by a remote's address, and
  /// a registry does not have one project twice.
  private func keepApart(_ project: inout Project, _ urls: ReadURLs) {
    project.isDistinct = false
    guard let key = project.duplicateKey(urls) else { return }
    project.isDistinct = index.rows(where: .key, is: key.url).contains { row in
      row.id != project.id.hex && row.isEmpty(.subdirectory) == (key.subdirectory == nil)
        && (key.subdirectory.map { row[.subdirectory] == $0.text } ?? true)
        && row.paths.contains { !Files.isMissing(FilePath(text: $0)) }
    }
  }

  /// Takes over what `.dev-infra.yml` declares, where no other machine's declares what the registry has.
  ///
  /// A file goes before the registry, but two files, of checkouts at different commits perhaps, must not go on
  /// overwriting each other. So the registry keeps what one of them declares until that changes; the machines tell each
  /// other what theirs declare by ``Checkout/declared``, and each shows its own.
  ///
  /// - Parameter claimed: the project as in the file.
  private func takeDeclared(
    _ claimed: Project, of directory: ProjectDirectory, into project: inout Project,
    _ checkout: inout Checkout,
    in store: borrowing RegistryStore
  ) throws -> [RegistrationWarning] {
    let former = checkout.declared
    checkout.declared = [:]
    guard directory.metadata != nil else { return [] }
    let wanted = claimed.json.object ?? [:]
    var members = project.json.object ?? [:]
    var declared: JSON.Members = [:]
    var warnings: [RegistrationWarning] = []
    for key in Project.declarableKeys where directory.metadata?.declares(key) ?? false {
      let own = wanted[key] ?? .null
      let there = members[key] ?? .null
      if own == there {
        declared[key] = former[key] == nil ? nil : own
        continue
      }
      declared[key] = own
      let isNews = former[key] != own
      if former[key] == nil || !isNews, let other = try machine(declaring: there, as: key, project.id, store)
      {
        guard isNews else { continue }
        warnings.append(
          .declaredOtherwise(directory.path, key: key, here: own, there: there, machine: other))
      } else {
        members[key] = wanted[key]
      }
    }
    checkout.declared = declared
    do {
      project = try Project(json: .object(members))
    } catch {
      throw RegistryStoreError.unstorableProject(directory.path, error)
    }
    return warnings
  }

  /// What another machine is called whose `.dev-infra.yml` declares a value of the project; nil where there is none.
  private func machine(
    declaring value: JSON, as key: String, _ id: ProjectID, _ store: borrowing RegistryStore
  ) throws -> String? {
    for (other, entry) in try store.machines(in: base).sorted(by: { $0.key < $1.key }) where other != machine
    {
      guard let blob = try store.blob(at: .checkout(other, id), in: base),
        try store.json(blob)["declared"]?[key] == value
      else { continue }
      return entry.name
    }
    return nil
  }

  /// Takes over the branch that the remote's HEAD names where it names another one than this machine last saw: two machines
  /// that fetched at different times must not go on overwriting each other's.
  ///
  /// - Parameter isKnown: whether the project was here before. Then what was not noted of it may have changed.
  private func takeDefaultBranch(
    of directory: ProjectDirectory, isKnown: Bool, _ checkout: inout Checkout, into project: inout Project
  ) {
    if let named = directory.facts?.remoteDefaultBranch {
      let hasChanged = checkout.defaultBranch.map { !$0.hasSameBytes(as: named) } ?? isKnown
      if project.defaultBranch == nil || hasChanged { project.defaultBranch = named }
      checkout.defaultBranch = named
    } else if let likely = directory.facts?.likelyDefaultBranch {
      // What was taken for it here, and is not a branch any more, was renamed.
      let wasRenamed = project.defaultBranch.map { branch in
        checkout.defaultBranch.map { $0.hasSameBytes(as: branch) } ?? isKnown
          && !(directory.facts?.hasBranch(branch) ?? true)
      }
      guard wasRenamed ?? true else { return }
      project.defaultBranch = likely
      checkout.defaultBranch = likely
    }
  }

  /// Takes over where in its repository a part is, once it has gone from where this machine had it.
  private func takePlace(
    of directory: ProjectDirectory, recordedIn checkout: Checkout, into project: inout Project
  ) {
    guard let place = directory.subdirectory, project.subdirectory != nil, project.subdirectory != place,
      !checkout.paths.contains(where: { $0.path == directory.path }),
      checkout.paths.contains(where: { !isHere($0.path, beside: directory.path) })
    else { return }
    project.subdirectory = place
  }

  /// Takes over what `.dev-infra.yml` declares: it goes before the registry.
  private func takeMetadata(of directory: ProjectDirectory, into project: inout Project)
    -> [RegistrationWarning]
  {
    guard let metadata = directory.metadata else { return [] }
    var warnings: [RegistrationWarning] = []
    if let created = metadata.created.flatMap({ CalendarDate($0.prefix(10)) }) { project.created = created }
    for field in ProjectField.all where field.isSettable {
      guard let value = metadata.text(of: field) else { continue }
      do {
        try project.set(field.key, to: value)
      } catch {
        warnings.append(.unusedField(directory.path, key: field.key, error))
      }
    }
    return warnings
  }

  // MARK: State

  mutating func project(_ id: ProjectID, _ store: borrowing RegistryStore) throws -> Project? {
    if let planned = projects[id] { return planned }
    guard let blob = try store.blob(at: .project(id), in: base) else { return nil }
    let json = try store.json(blob)
    original[.project(id)] = json
    let project = try Project(json: json)
    projects[id] = .some(project)
    return project
  }

  mutating func checkout(_ id: ProjectID, _ store: borrowing RegistryStore) throws -> Checkout? {
    if let planned = checkouts[id] { return planned }
    guard let blob = try store.blob(at: .checkout(machine, id), in: base) else { return nil }
    let json = try store.json(blob)
    original[.checkout(machine, id)] = json
    let checkout = try Checkout(json: json)
    checkouts[id] = .some(checkout)
    return checkout
  }

  /// Takes a path from every other project that was known to be there.
  private mutating func release(_ path: FilePath, from id: ProjectID, _ store: borrowing RegistryStore) throws
  {
    for row in index.rows(where: .paths, is: path.text) where row.id != id.hex {
      guard let other = ProjectID(row.id) else { continue }
      try drop(path, of: other, in: store)
    }
  }

  /// What is here is not proposed to others any more.
  private mutating func noteHere(_ project: Project) {
    guard let root = project.rootCommit else { return }
    let group = RootGroup(root: root, subdirectory: project.subdirectory)
    guard let known = away[group], !known.withURL.isEmpty || !known.withoutURL.isEmpty else { return }
    away[group]?.withURL.removeAll { $0.id == project.id.hex }
    away[group]?.withoutURL.removeAll { $0.id == project.id.hex }
  }

  mutating func replaceRow(_ id: ProjectID, _ urls: ReadURLs = ReadURLs()) {
    guard case .some(.some(let project)) = projects[id] else { return }
    let paths = checkouts[id]??.ranked.map(\.path.text) ?? []
    index.replace(
      ViewRow(
        project, key: project.duplicateKey(urls)?.url ?? "", paths: paths,
        machines: paths.isEmpty ? [] : [machine])
    )
  }
}
