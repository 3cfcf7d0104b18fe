import Terminal
import Git
import SystemSupport
import ByteStrings
import Registry

extension RegistryStore {
  /// Takes the last change of main back, by a commit that is the next change itself.
  ///
  /// Values come back as new edits, so that they also hold after the next merge. What other machines wrote about
  /// themselves stays.
  ///
  /// - Returns: the subject of what was taken back.
  public func undo() throws -> String {
    var undone = ""
    try update { main in
      guard let previous = try repository.previousValue(of: Self.mainReference), previous != main else {
        throw Failure.no("there is nothing to undo in the registry \(directory.visible)")
      }
      undone = try subject(of: main)
      var entries: [EntryPath: JSON?] = [:]
      for change in try changes(from: main, to: previous).changes {
        switch change.path {
        case .format: break
        case .machine(let owner), .checkout(let owner, _):
          guard owner == machine.id else { continue }
          if case .machine = change.path { continue }
          entries[change.path] = .some(try change.new.map { try json($0) })
        case .project:
          guard let blob = change.new else {
            entries[change.path] = .some(nil)
            continue
          }
          var project = try Project(json: json(blob))
          let now = try change.old.map { try Project(json: json($0)).updated } ?? project.updated
          project.updated = Timestamp.following(
            max(now, project.updated), now: Timestamp(milliseconds: Clock.nowMilliseconds))
          project.updatedBy = machine.id
          entries[change.path] = .some(project.json)
        }
      }
      guard !entries.isEmpty else {
        throw Failure.no(
          "the last change of the registry, '\(undone)', changed nothing that can be undone here")
      }
      return RegistryChange(entries, message: "Undo \"\(undone)\"")
    }
    return undone
  }

  /// The first line of a commit's message, as a message may show it.
  func subject(of commit: ObjectID) throws -> String {
    try String(repository.commit(commit).message.prefix { $0 != "\n" }).visible
  }
}
