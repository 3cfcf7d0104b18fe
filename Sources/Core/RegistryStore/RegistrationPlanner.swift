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

/// Plans what registering directories puts into the registry: which entry each belongs to, and what the entry says then.
///
/// What `.dev-infra.yml` declares goes before what the registry has.
///
/// What is here and known goes before what is found. Any repository may claim to be any project, by its remote's URL, the
/// id that its `.dev-infra.yml` declares or a copied history. So one directory speaks for a project on this machine: the
/// first of its ``Checkout/ranked`` paths that still holds it. Another one that says it is the same project becomes a
/// further path behind that one, and changes nothing else of the entry.
public struct RegistrationPlanner: ~Copyable {
  private let base: ObjectID
  private let now: Timestamp
  private let machine: MachineID
  private var index: ProjectIndex
  private var projects: [ProjectID: Project?] = [:]
  private var checkouts: [ProjectID: Checkout?] = [:]
  private var original: [EntryPath: JSON] = [:]

  /// - Parameter base: the commit that the plan starts from.
  public init(_ store: borrowing RegistryStore, base: ObjectID) throws {
    self.base = base
    now = Timestamp(milliseconds: Clock.nowMilliseconds)
    machine = store.machine.id
    index = ProjectIndex(try store.view(of: base))
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
  public mutating func register(
    _ directory: ProjectDirectory, as known: ProjectID? = nil, in store: borrowing RegistryStore
  ) throws -> Registration {
    var warnings: [RegistrationWarning] = []
    let (found, trusting) = try known.map { ($0, true) } ?? find(directory, &warnings)
    let id: ProjectID
    var project: Project
    let isNew: Bool
    if let found, let existing = try self.project(found, store) {
      (id, project, isNew) = (found, existing, false)
    } else {
      project = try newProject(directory, trustingDeclared: trusting)
      (id, isNew) = (project.id, true)
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
      if !isNew { takeRemote(of: directory, recordedIn: checkout, into: &project) }
      if project.rootCommit == nil { project.rootCommit = directory.rootCommit }
      if project.defaultBranch == nil { project.defaultBranch = directory.facts?.defaultBranch }
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
      project.updated = Timestamp.following(isNew ? nil : before.updated, now: now)
      project.updatedBy = machine
    }

    checkout.paths.removeAll { $0.path == directory.path || Files.kind(of: $0.path) == nil }
    checkout.paths += [CheckoutPath(path: directory.path, kind: directory.kind)]
    checkout.first = nil
    let wanted = speaker ?? directory.path
    if checkout.ranked.first?.path != wanted { checkout.first = wanted }
    do {
      try project.validate()
      _ = try Checkout(json: checkout.json)
    } catch {
      throw RegistryStoreError.unstorableProject(directory.path, error)
    }
    try release(directory.path, from: id, store)

    projects[id] = .some(project)
    checkouts[id] = .some(checkout)
    replaceRow(id)
    let change: Registration.Change =
      isNew ? .registered : project == before && checkout == checkoutBefore ? .unchanged : .updated
    return Registration(
      id: id, name: project.name, path: directory.path, change: change,
      warnings: directory.warnings + warnings)
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
    if checkout.first == path { checkout.first = nil }
    checkouts[id] = .some(checkout.paths.isEmpty ? nil : checkout)
    _ = try project(id, store)
    replaceRow(id)
    return checkout.paths.isEmpty
  }

  /// Whether a project is known to be at a path.
  func knows(_ path: FilePath) -> Bool { !index.rows(where: .paths, is: path.text).isEmpty }

  /// The project that a directory belongs to, where it is known.
  public func find(_ directory: ProjectDirectory) throws -> ProjectID? {
    var ignored: [RegistrationWarning] = []
    return try find(directory, &ignored).id
  }

  // MARK: Which entry

  /// The entry that a directory belongs to, by its declared id, its path here, its URL, its root commit, in this order.
  ///
  /// - Returns: the id, nil for a project that is new; and whether the id that it declares is its own.
  private func find(
    _ directory: ProjectDirectory, _ warnings: inout [RegistrationWarning]
  ) throws -> (id: ProjectID?, trusting: Bool) {
    var trusting = true
    if let declared = directory.metadata?.id, let id = declaredID(directory), let row = index.row(id) {
      if row.paths.containsBytes(of: directory.path.text) || sharesOrigin(directory, row) {
        return (id, true)
      }
      let here = row.paths.first { Files.kind(of: FilePath(text: $0)) != nil }
      if here == nil, isSame(directory, row) { return (id, true) }
      warnings.append(
        .foreignID(directory.path, id: declared, project: row.name, at: here.map { FilePath(text: $0) }))
      trusting = false
    }
    let below = directory.subdirectory?.text ?? ""
    for row in index.rows(where: .paths, is: directory.path.text)
    where row[.subdirectory].hasSameBytes(as: below) && isSame(directory, row) {
      return (ProjectID(row.id), trusting)
    }
    // Two that declare different ids are different projects, whatever else they share.
    let declares = trusting && directory.metadata?.id != nil
    if let url = directory.url {
      let rows = index.rows(where: .key, is: url.normalized).filter { row in
        row[.subdirectory].hasSameBytes(as: below) && !(declares && row[.identity].hasPrefix("id "))
      }
      // Of several a client may have made some on purpose, with ids of their own: those are not this directory's.
      if let row = rows.first(where: { !$0[.identity].hasPrefix("id ") }) ?? rows.first {
        return (ProjectID(row.id), trusting)
      }
    }
    guard let root = directory.rootCommit else { return (nil, trusting) }
    let sharing = index.rows(where: .rootCommit, is: root).filter { row in
      row[.subdirectory].hasSameBytes(as: below) && !(declares && row[.identity].hasPrefix("id "))
        && (directory.url == nil || row[.key].isEmpty)
    }
    return (sharing.count == 1 ? ProjectID(sharing[0].id) : nil, trusting)
  }

  private func declaredID(_ directory: ProjectDirectory) -> ProjectID? {
    directory.identities(on: machine, trustingDeclared: true).first.flatMap {
      RegistryStore.id(ofIdentity: $0.record)
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
    if let url = directory.url, !row[.key].isEmpty, url.normalized.hasSameBytes(as: row[.key]) { return true }
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
      let there: ProjectDirectory
      do {
        there = try ProjectDirectory(place.path)
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
            objection:
              "it has the repository of '\(Quoting.visible(project.name))' (\(place.path.visible)), and none of its own"
          )
        }
      }
      return place.path
    }
    return nil
  }

  /// Whether a directory may hold a project at all: an empty one that was left behind does not.
  private func holdsProject(_ path: FilePath) -> Bool {
    [".git", ProjectMetadata.fileName, "HEAD"].contains {
      Files.kind(of: path.appending($0), followingLinks: false) != nil
    }
  }

  // MARK: What it says

  private func newProject(_ directory: ProjectDirectory, trustingDeclared: Bool) throws -> Project {
    for identity in directory.identities(on: machine, trustingDeclared: trustingDeclared) {
      guard let id = RegistryStore.id(ofIdentity: identity.record), index.row(id) == nil else { continue }
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
    if project.remoteURL == nil || checkout.remotes[name].map({ !$0.hasSameBytes(as: url.stored) }) ?? false {
      project.remoteURL = url.stored
    }
  }

  /// Takes over what `.dev-infra.yml` declares, where no other machine's declares what the registry has.
  ///
  /// A file goes before the registry, but two files, of checkouts at different commits perhaps, must not go on
  /// overwriting each other. So the registry keeps what one of them declares until that changes; the machines tell each
  /// other what theirs declare by ``Checkout/declared``, and each shows its own.
  ///
  /// - Parameter claimed: the project as the file has it.
  private func takeDeclared(
    _ claimed: Project, of directory: ProjectDirectory, into project: inout Project,
    _ checkout: inout Checkout,
    in store: borrowing RegistryStore
  ) throws -> [RegistrationWarning] {
    let former = checkout.declared
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

  /// Takes over what `.dev-infra.yml` declares: it goes before the registry.
  private func takeMetadata(of directory: ProjectDirectory, into project: inout Project)
    -> [RegistrationWarning]
  {
    guard let metadata = directory.metadata else { return [] }
    var warnings: [RegistrationWarning] = []
    if let created = metadata.created.flatMap({ CalendarDate($0.prefix(10)) }) { project.created = created }
    let declared: [(String, String?)] = [
      ("name", metadata.name), ("description", metadata.description), ("status", metadata.status),
      ("classification", metadata.classification), ("project_type", metadata.projectType),
      ("organization", metadata.organization), ("template", metadata.template), ("version", metadata.version),
      ("tags", metadata.tags?.joined(separator: ",")),
    ]
    for (key, value) in declared {
      guard let value else { continue }
      do {
        try project.set(key, to: value)
      } catch {
        warnings.append(.unusedField(directory.path, key: key, error))
      }
    }
    return warnings
  }

  // MARK: State

  private mutating func project(_ id: ProjectID, _ store: borrowing RegistryStore) throws -> Project? {
    if let planned = projects[id] { return planned }
    guard let blob = try store.blob(at: .project(id), in: base) else { return nil }
    let json = try store.json(blob)
    original[.project(id)] = json
    let project = try Project(json: json)
    projects[id] = .some(project)
    return project
  }

  private mutating func checkout(_ id: ProjectID, _ store: borrowing RegistryStore) throws -> Checkout? {
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

  private mutating func replaceRow(_ id: ProjectID) {
    guard case .some(.some(let project)) = projects[id] else { return }
    let paths = checkouts[id]??.ranked.map(\.path.text) ?? []
    index.replace(
      ViewRow(
        project, key: project.duplicateKey?.url ?? "", paths: paths, machines: paths.isEmpty ? [] : [machine])
    )
  }
}
