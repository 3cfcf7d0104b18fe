public import Git
import Metadata
import SystemSupport
import ByteStrings
public import Registry
public import RegistryIndex
public import SystemPackage

/// One `KEY=VALUE` of `dev-infra set`.
public struct FieldEdit: Sendable {
  enum Operation: Sendable {
    case set(String)
    case clear
    case addTags([String])
    case removeTags([String])
  }

  let key: String
  let operation: Operation

  /// Reads `KEY=VALUE`, `KEY=` (clears), `tags+=TAG,…` or `tags-=TAG,…`.
  ///
  /// - Throws: ``RegistryStoreError`` for another form or a key that cannot be set.
  public init(_ text: String) throws {
    guard let equals = text.firstIndex(at: "=") else {
      throw RegistryStoreError.notAnAssignment(text)
    }
    let name = text[..<equals]
    let value = String(text[text.index(after: equals)...])
    if name == "tags+" || name == "tags-" {
      let tags = value.split(at: ",", omittingEmptySubsequences: false).map(String.init)
      operation = name.ends(with: "+") ? .addTags(tags) : .removeTags(tags)
      key = FieldKey.tags.rawValue
    } else {
      operation = value.isEmpty ? .clear : .set(value)
      key = String(name)
    }
    guard Project.settableKeys.contains(key) else { throw RegistryStoreError.unsettableField(key) }
  }

  func apply(to project: inout Project) throws {
    do {
      switch operation {
      case .set(let value): try project.set(key, to: value)
      case .clear: try project.set(key, to: nil)
      case .addTags(let tags): for tag in tags { try project.addTag(tag) }
      case .removeTags(let tags): for tag in tags { project.removeTag(tag) }
      }
    } catch {
      throw RegistryStoreError.unsettableValue(field: key, project: project.name, error)
    }
  }
}

/// An entry has changed since the caller read it. Nothing has been changed.
public struct EntryChanged: Error {}

extension RegistryStore {
  /// Changes fields of projects by one commit, in the registry and in each `.dev-infra.yml` here that declares them, since
  /// that layer would win otherwise.
  ///
  /// - Parameter expecting: the blobs that entries have to be, by project, for the edits to be made.
  /// - Returns: the ids of the entries that changed, and the files that did. Where the registry cannot be changed the files
  ///   are put back.
  /// - Throws: ``EntryChanged`` where an entry is another one than was expected.
  public func set(
    _ edits: [FieldEdit], of rows: [ViewRow], expecting: [ProjectID: ObjectID] = [:]
  ) throws -> (changed: Set<String>, files: [FilePath]) {
    let main = try main()
    var files: [(path: FilePath, old: [UInt8], new: [UInt8])] = []
    let projects = try rows.map { row in
      guard let id = ProjectID(row.id), var wanted = try project(id, in: main) else {
        throw RegistryStoreError.projectRemovedBeforeEdit(name: row.name)
      }
      for edit in edits { try edit.apply(to: &wanted) }
      let rewritten = try rewrittenFiles(of: row, keys: Set(edits.map(\.key)), as: wanted)
      files += rewritten.map { ($0.path, $0.old, $0.new) }
      return (id: id, name: row.name, declared: rewritten.first?.declared)
    }
    var written: [FilePath] = []
    var changed: Set<String> = []
    do {
      for file in files {
        try Files.replace(file.path, with: file.new)
        written.append(file.path)
      }
      try update { base in
        changed = []
        var names: [String] = []
        var entries: [EntryPath: JSON?] = [:]
        for (id, name, declared) in projects {
          guard let before = try project(id, in: base) else {
            throw RegistryStoreError.projectRemovedBeforeEdit(name: name)
          }
          if let expected = expecting[id], try blob(at: .project(id), in: base) != expected {
            throw EntryChanged()
          }
          var project = before
          for edit in edits { try edit.apply(to: &project) }
          guard project != before else { continue }
          project.updated = Timestamp.following(
            before.updated, now: Timestamp(milliseconds: Clock.nowMilliseconds))
          project.updatedBy = machine.id
          entries[.project(id)] = project.json
          // So other machines' files still disagree with the file of this machine, and not with the registry.
          if let declared, var checkout = try checkout(id, of: machine.id, in: base) {
            for key in declared { checkout.declared[key] = project.json[key] }
            entries[.checkout(machine.id, id)] = checkout.json
          }
          changed.insert(id.hex)
          names.append(name.visible)
        }
        guard !entries.isEmpty else { return nil }
        let fields = edits.map(\.key).joined(separator: ", ")
        let message =
          names.count == 1
          ? "Set \(fields) of \(names[0])" : CommitMessage.text("Set \(fields)", names)
        return RegistryChange(entries, message: message)
      }
      return (changed, written)
    } catch {
      for file in files where written.contains(file.path) { try? Files.replace(file.path, with: file.old) }
      throw error
    }
  }

  /// Those of some projects that edits would change, in the registry or in a file here; nothing is changed.
  public func changed(_ edits: [FieldEdit], of rows: [ViewRow]) throws -> [ViewRow] {
    let main = try main()
    return try rows.filter { row in
      guard let id = ProjectID(row.id), let before = try project(id, in: main) else {
        throw RegistryStoreError.projectRemovedBeforeEdit(name: row.name)
      }
      var wanted = before
      for edit in edits { try edit.apply(to: &wanted) }
      return try wanted != before || !rewrittenFiles(of: row, keys: Set(edits.map(\.key)), as: wanted).isEmpty
    }
  }

  /// The new texts of the `.dev-infra.yml` of a project here, those that declare one of `keys` with another value, and
  /// which of them.
  private func rewrittenFiles(
    of row: ViewRow, keys: Set<String>, as project: Project
  ) throws -> [(path: FilePath, old: [UInt8], new: [UInt8], declared: [String])] {
    // The first path speaks for the project: what another clone of it declares is not used, nor changed.
    try row.paths.prefix(1).compactMap { path in
      let directory = FilePath(text: path)
      var file = directory.appending(ProjectMetadata.fileName)
      do {
        file = try ProjectMetadata.place(in: directory)
        guard let metadata = try ProjectMetadata.read(file: file) else { return nil }
        let old = try Files.read(file, limit: 1 << 20)
        var new = old
        let declared = keys.sorted().filter { metadata.declares($0) }
        for key in declared {
          // The registry sorts its tags; the file has an order of its own.
          let value: ProjectMetadata.Assignment? =
            FieldKey(rawValue: key) == .tags ? .set(project.tags) : project.value(of: key).map { .text($0) }
          new = try ProjectMetadata.edit(new, setting: key, to: value)
        }
        return new == old ? nil : (file, old, new, declared)
      } catch let error as MetadataError {
        throw RegistryStoreError.malformedMetadata(file: file, error)
      }
    }
  }
}
