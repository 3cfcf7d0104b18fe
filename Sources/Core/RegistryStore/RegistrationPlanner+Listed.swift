import Git
import Metadata
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

/// Projects that a list names: by URLs of which nothing need be here, and with values that the list has for them.
extension RegistrationPlanner {
  /// Plans that a project is known which is cloned from a URL.
  ///
  /// - Parameter subdirectory: where it is in its repository; nil for the whole of it.
  /// - Returns: its id, and whether it is new. Where only parts of the repository are known, the first of these.
  /// - Throws: ``RemovedFromRegistry`` for what was removed, where that is not to come back.
  mutating func add(
    _ url: RemoteURL, subdirectory: FilePath?, name: String, in store: borrowing RegistryStore
  ) throws -> (id: ProjectID, isNew: Bool) {
    let url = addresses.resolved(url)
    let rows = index.rows(where: .key, is: url.normalized)
    let same = rows.filter { $0[.subdirectory].hasSameBytes(as: subdirectory?.text ?? "") }
    let known = same.isEmpty && subdirectory == nil ? rows : same
    if let row = known.first(where: { !$0[.identity].begins(with: "id ") }) ?? known.first,
      let id = ProjectID(row.id)
    {
      return (id, false)
    }
    let removed = try removed(before: store)
    let key = ProjectKey(url: url.normalized, subdirectory: subdirectory)
    if let former = removed.project(at: key)?.project, index.row(former.id) == nil {
      guard restoring else { throw RemovedFromRegistry(name: former.name, path: FilePath(text: url.stored)) }
      var project = former
      project.updated = Timestamp.following(former.updated, now: now)
      project.updatedBy = machine
      planned.put(project)
      replaceRow(former.id)
      return (former.id, true)
    }
    // The id of another project that had this URL once is not free.
    let further = (2...1000).lazy.map {
      Identity(.declared("\(url.normalized)#\($0)"), subdirectory: subdirectory)
    }
    for identity in [Identity(.remote(url.normalized), subdirectory: subdirectory)] + further {
      guard let id = ProjectID(ofIdentity: identity.record, hash: ObjectID.blobHash),
        index.row(id) == nil, removed[id] == nil
      else { continue }
      var project = Project(
        id: id, identity: identity.record, name: name, created: CalendarDate(now), updated: now,
        updatedBy: machine)
      project.remoteURL = url.stored
      project.subdirectory = subdirectory
      planned.put(project)
      replaceRow(id)
      return (id, true)
    }
    throw RegistryStoreError.noFreeIdentity(FilePath(text: url.stored))
  }

  /// Plans that a project has the values that a list gives it, where it has none; what its `.dev-infra.yml` here declares is
  /// the file's.
  ///
  /// - Parameters:
  ///   - isNew: whether the project has just been added: then its name and its status are the list's, too.
  ///   - overwriting: whether the list's values go before those that the project has.
  /// - Returns: whether anything changed, and what could not be stored.
  mutating func fill(
    _ id: ProjectID, from listed: ListedProject, declared metadata: ProjectMetadata?, isNew: Bool,
    overwriting: Bool, in store: borrowing RegistryStore
  ) throws -> (changed: Bool, leftOut: [InvalidValue]) {
    // Of a list that is imported again nearly all is known: the index tells that without opening an entry.
    if !isNew, let row = index.row(id), !Self.mayChange(row, listed, overwriting) { return (false, []) }
    guard var project = try planned.project(id, in: store) else { return (false, []) }
    // Its row is made anew below, and has the paths of the checkout.
    _ = try planned.checkout(id, in: store)
    let before = project
    var leftOut: [InvalidValue] = []
    let paths = index.row(id)?.paths ?? []
    // Read only where there is something that the file could have a say in.
    var file = metadata
    if file == nil, let path = paths.first {
      file = (try? ProjectMetadata.read(in: FilePath(text: path))) ?? nil
    }
    func mayPut(_ key: FieldKey, _ value: String?) -> Bool {
      if file?.declares(key) ?? false { return false }
      return overwriting || isNew || value == nil
    }
    for (key, value) in listed.fields {
      switch key {
      case .created:
        let day = CalendarDate(value)
        if let day, isNew ? paths.isEmpty : overwriting, !(file?.declares(key) ?? false) {
          project.created = day
        }
      case .defaultBranch:
        if project.defaultBranch == nil || (overwriting && paths.isEmpty) { project.defaultBranch = value }
      default:
        guard mayPut(key, ProjectField(key).text(of: project)) else { continue }
        do {
          try project.set(key, to: value)
        } catch {
          leftOut.append(error)
        }
      }
    }
    if !(file?.declares(.tags) ?? false), !listed.tags.isEmpty {
      if overwriting { project.tags = [] }
      for tag in listed.tags {
        do {
          try project.addTag(tag)
        } catch {
          leftOut.append(error)
        }
      }
    }
    guard project != before else { return (false, leftOut) }
    project.updated = Timestamp.following(planned.lastUpdate(of: id), now: now)
    project.updatedBy = machine
    do {
      try project.validate()
    } catch {
      throw RegistryStoreError.unsettableValue(field: error.key ?? "", project: before.name, error)
    }
    planned.put(project)
    replaceRow(id)
    return (true, leftOut)
  }

  /// Whether a list may change anything of the project of a row.
  private static func mayChange(_ row: ViewRow, _ listed: ListedProject, _ overwriting: Bool) -> Bool {
    let changesField = listed.fields.contains { key, value in
      let own = row[.field(key)]
      return own.isEmpty || (overwriting && !own.hasSameBytes(as: value))
    }
    if changesField || listed.tags.isEmpty { return changesField }
    let own = row.list(.tags)
    return !listed.tags.allSatisfy(own.containsBytes(of:))
      || (overwriting && own.count != listed.tags.sortedUniqueByBytes().count)
  }

  /// What a project is called by the plan.
  func name(of id: ProjectID) -> String? { index.row(id)?.name }
}
