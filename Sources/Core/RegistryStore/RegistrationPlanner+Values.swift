import Git
import Metadata
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

/// What an entry says: which values are taken over from its directory, and which of the registry stay.
extension RegistrationPlanner {
  /// A project that the registry has not had yet, with the first id that is free.
  func newProject(
    _ directory: ProjectDirectory, beside removed: RemovedProjects, trustingDeclared: Bool
  ) throws -> Project {
    for identity in directory.identities(on: machine, trustingDeclared: trustingDeclared) {
      // The id of what was removed is not free: it would be that project again.
      guard let id = ProjectID(ofIdentity: identity.record, hash: ObjectID.blobHash), index.row(id) == nil,
        removed[id] == nil
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

  /// Takes over the first commit, also in place of one that no branch or tag leads to any more, where no remote tells which
  /// project it is.
  func takeFirstCommit(of directory: ProjectDirectory, into project: inout Project) {
    guard let former = project.rootCommit else {
      project.rootCommit = directory.rootCommit
      return
    }
    guard project.remoteURL == nil, directory.url == nil, let first = directory.rootCommit, first != former,
      let facts = directory.facts, (try? facts.holds(commit: former)) ?? false,
      !((try? facts.isReached(commit: former)) ?? true)
    else { return }
    project.rootCommit = first
  }

  /// Takes over the remote URL where it has changed here since this machine last looked.
  ///
  /// One that merely differs stays: two machines may well reach one remote by different URLs, and must not go on
  /// overwriting each other's.
  func takeRemote(
    of directory: ProjectDirectory, recordedIn checkout: Checkout, into project: inout Project
  ) {
    guard let url = directory.url, let name = directory.remoteName else { return }
    let configured = (directory.localURL ?? url).stored
    let hasChanged = checkout.remotes[name].map { !$0.hasSameBytes(as: configured) } ?? false
    // An entry that was made before it was known what the URL stands for has it as it is here.
    let isLocal = directory.localURL != nil && project.remoteURL?.hasSameBytes(as: configured) ?? false
    if project.remoteURL == nil || hasChanged || isLocal { project.remoteURL = url.stored }
  }

  /// Marks a project as distinct, with its own name and id, while it has the URL of another project that is here: two
  /// projects that a person registered do not become one by a remote's address, and a registry does not have one project
  /// twice.
  func keepApart(_ project: inout Project, _ urls: ReadURLs) {
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
  func takeDeclared(
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

  /// The name of another machine whose `.dev-infra.yml` declares a value of the project; nil where there is none.
  private func machine(
    declaring value: JSON, as key: String, _ id: ProjectID, _ store: borrowing RegistryStore
  ) throws -> String? {
    let checkouts = try store.checkouts(of: [id], in: base)[id] ?? [:]
    for (other, blob) in checkouts.sorted(by: { $0.key < $1.key }) where other != machine {
      guard try store.json(blob)["declared"]?[key] == value, let entry = try? store.machine(other, in: base)
      else { continue }
      return entry.name
    }
    return nil
  }

  /// Takes over the branch that the remote's HEAD names where it names another one than this machine last saw: two machines
  /// that fetched at different times must not go on overwriting each other's.
  ///
  /// - Parameter isKnown: whether the project was here before. Then what was not noted of it may have changed.
  func takeDefaultBranch(
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
  func takePlace(
    of directory: ProjectDirectory, recordedIn checkout: Checkout, into project: inout Project
  ) {
    guard let place = directory.subdirectory, project.subdirectory != nil, project.subdirectory != place,
      !checkout.paths.contains(where: { $0.path == directory.path }),
      checkout.paths.contains(where: { !directory.hasOther(at: $0.path) })
    else { return }
    project.subdirectory = place
  }

  /// Takes over what `.dev-infra.yml` declares: it goes before the registry.
  func takeMetadata(of directory: ProjectDirectory, into project: inout Project)
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
}
