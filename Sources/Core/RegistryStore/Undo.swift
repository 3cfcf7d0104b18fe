public import Git
import SystemSupport
import ByteStrings
import Registry

/// A change of the registry that was taken back.
public struct UndoneChange: Sendable {
  /// What it was, as its commit said.
  public let subject: String
  /// The commit that took it back.
  public let commit: ObjectID
}

extension RegistryStore {
  /// Takes a change of main back, by a commit that is the next change itself.
  ///
  /// Values come back as new edits, so that they also hold after the next merge. What other machines wrote about
  /// themselves stays; one that was taken out comes back as it was.
  ///
  /// - Parameter commit: the change; nil for the last one that has not been taken back yet.
  public func undo(_ commit: ObjectID? = nil) throws -> UndoneChange {
    var undone = ""
    let (_, new) = try update { main in
      let target = try commit ?? lastChange(before: main)
      let subject = try subject(of: target)
      undone = subject
      guard try repository.isAncestor(target, of: main) else {
        throw RegistryStoreError.notInHistory(target, registry: directory)
      }
      guard let previous = try value(before: target, isLast: target == main), previous != target else {
        throw RegistryStoreError.nothingToUndo(registry: directory)
      }
      var entries: [EntryPath: JSON?] = [:]
      var blobs: [EntryPath: ObjectID?] = [:]
      for change in try changes(from: target, to: previous).changes {
        switch change.path {
        case .format: continue
        case .unknown(let place):
          // What such a file means to the rest is not known. It comes and goes with its machine alone.
          if let owner = place.owner, try isTakenBack(change, of: owner, target, main) {
            blobs[change.path] = .some(change.new)
          }
          continue
        case .machine(let owner), .checkout(let owner, _):
          guard try isTakenBack(change, of: owner, target, main) else { continue }
        case .project: break
        }
        let now = try target == main ? change.old : blob(at: change.path, in: main)
        let value = try takenBack(change, from: now, subject: subject)
        guard case .project = change.path, let value else {
          entries[change.path] = .some(value)
          continue
        }
        var project = try Project(json: value)
        project.updated = Timestamp.following(
          project.updated, now: Timestamp(milliseconds: Clock.nowMilliseconds))
        project.updatedBy = machine.id
        entries[change.path] = .some(project.json)
      }
      guard !entries.isEmpty || !blobs.isEmpty else { throw RegistryStoreError.notUndoable(subject: subject) }
      return RegistryChange(entries, blobs: blobs, message: try message(undoing: target, subject))
    }
    return UndoneChange(subject: undone, commit: new)
  }

  /// Whether a change of a machine's own entry is one that is taken back: of this machine's checkouts; and that a machine was
  /// taken out, or, where an undo brought it back, that it is there again.
  private func isTakenBack(
    _ change: TreeChange, of owner: MachineID, _ target: ObjectID, _ main: ObjectID
  ) throws -> Bool {
    if owner == machine.id {
      switch change.path {
      case .machine: return change.old == nil
      case .unknown: return try change.old == nil && blob(at: .machine(owner), in: main) == nil
      case .project, .checkout, .format: return true
      }
    }
    if change.old == nil { return try blob(at: .machine(owner), in: main) == nil }
    return try change.new == nil && trailer(Self.undoTrailer, of: target) != nil
  }

  /// The value that an entry has without a change of it.
  ///
  /// - Parameters:
  ///   - change: the change the other way round, from what it left to what was there before.
  ///   - now: the entry as it is now, which later changes may have touched as well.
  private func takenBack(_ change: TreeChange, from now: ObjectID?, subject: String) throws -> JSON? {
    let before = try entry(change.new, at: change.path)
    // What nobody can read is taken back as well as anything: that may be why.
    let ours = now == change.old ? try? entry(now, at: change.path) : try entry(now, at: change.path)
    var value = before
    if now != change.old {
      let result = Merge.entry(
        change.path.kind, base: try entry(change.old, at: change.path)?.withoutStamp,
        ours: ours?.withoutStamp,
        theirs: before?.withoutStamp, strategy: .ours, now: Timestamp(milliseconds: Clock.nowMilliseconds))
      guard result.conflicts.isEmpty, !result.deletionOverruled else {
        let name = (ours ?? before)?[.name]?.string ?? change.path.path
        throw RegistryStoreError.changedSince(subject: subject, name: name)
      }
      value = result.value
    }
    guard case .object(var fields)? = value else { return value }
    // The later time of the two: what follows it outranks both.
    let stamps = [ours, before].compactMap { $0?[.updated]?.string.flatMap { Timestamp($0) } }
    if let latest = stamps.max() { fields[.updated] = .string(latest.description) }
    if fields[.updatedBy] == nil { fields[.updatedBy] = (ours ?? before)?[.updatedBy] }
    return .object(fields)
  }

  /// An entry; one that cannot be read is named in the error.
  private func entry(_ blob: ObjectID?, at path: EntryPath) throws -> JSON? {
    try blob.map { blob in
      do { return try json(blob) } catch { throw RegistryStoreError.unusableObject(blob, path, error) }
    }
  }

  // MARK: Which change

  /// What a commit that takes back another says behind its subject, and one that takes back such a commit.
  private static let (undoTrailer, redoTrailer) = ("Undo-Of: ", "Redo-Of: ")

  /// The last change that has not been taken back: behind an undo, the one before that which it undid.
  private func lastChange(before main: ObjectID) throws -> ObjectID {
    var change = main
    var seen: Set<ObjectID> = []
    while seen.insert(change).inserted, let undone = try trailer(Self.undoTrailer, of: change),
      try undone != change && repository.isAncestor(undone, of: change)
    {
      guard let before = try value(before: undone, isLast: false) else {
        throw RegistryStoreError.nothingMoreToUndo(registry: directory)
      }
      change = before
    }
    return change
  }

  /// What main was before it came to be at `commit`: before a pull that is more than the commit's parent.
  private func value(before commit: ObjectID, isLast: Bool) throws -> ObjectID? {
    if isLast { return try repository.previousValue(of: Self.mainReference) }
    return try repository.previousValue(of: Self.mainReference, before: commit)
      ?? repository.commit(commit).parents.first
  }

  /// The commit that a trailer of this machine's own commit names.
  private func trailer(_ key: String, of commit: ObjectID) throws -> ObjectID? {
    let commit = try repository.commit(commit)
    guard commit.committer.email == "\(machine.id.hex)@machine.dev-infra",
      let line = commit.message.split(at: "\n").last, line.begins(with: key),
      let id = ObjectID(hex: String(line.dropFirst(key.count))), try has(commit: id)
    else { return nil }
    return id
  }

  /// Whether a commit with this message takes another back, on whatever machine.
  static func isUndo(_ message: String) -> Bool {
    message.split(at: "\n").last?.begins(with: undoTrailer) ?? false
  }

  /// `Undo "SUBJECT"`; of a change that is one itself the other word, so that subjects do not grow.
  private func message(undoing target: ObjectID, _ subject: String) throws -> String {
    let isUndo = try trailer(Self.undoTrailer, of: target) != nil
    let isRedo = try trailer(Self.redoTrailer, of: target) != nil
    let inner = isUndo || isRedo ? String(subject.dropFirst("Undo \"".count).dropLast()) : subject
    return
      "\(isUndo ? "Redo" : "Undo") \"\(inner)\"\n\n\(isUndo ? Self.redoTrailer : Self.undoTrailer)\(target.hex)\n"
  }

  /// The first line of a commit's message, as a message may show it. What it names is escaped in it, once.
  func subject(of commit: ObjectID) throws -> String {
    try TerminalText.safe(String(repository.commit(commit).message.prefix(before: "\n")), .line)
  }
}

extension JSON {
  /// The entry without when and by which machine it was written, which differs also where nothing else does.
  fileprivate var withoutStamp: JSON {
    guard case .object(var fields) = self else { return self }
    for key in FieldKey.stamp { fields[key] = nil }
    return .object(fields)
  }
}
