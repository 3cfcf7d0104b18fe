import CGit2
import SystemSupport
import ByteStrings

/// A ref and what it holds.
public struct Reference: Sendable, Hashable {
  /// The full name, such as `refs/heads/main`.
  public let name: String
  /// The object that it names, through symbolic refs.
  public let target: ObjectID
}

/// Refs. Every change is a compare-and-swap: another process may have been faster. Unlike git, libgit2 does not remove its lock
/// file when a signal ends the process, so that the end waits for the change.
extension Repository {
  /// The object that the ref (`refs/heads/main`, `HEAD`) names, through symbolic refs; nil where there is none.
  public func reference(_ name: String) throws(GitError) -> ObjectID? {
    var id = git_oid()
    let code = try git_reference_name_to_id(&id, handle.raw, name.checkedCText("reading the ref"))
    return try checkFound(code, "reading the ref", Quoting.visible(name)) ? ObjectID(id) : nil
  }

  /// The name of the ref that the symbolic ref `name` names, which need not exist; nil where `name` is not symbolic.
  public func symbolicTarget(of name: String) throws(GitError) -> String? {
    guard let reference = try ReferenceHandle(name, in: handle) else { return nil }
    return git_reference_symbolic_target(reference.raw).map { ByteText.string(fromC: $0) }
  }

  /// Moves the ref from `expecting` to `id`, both or neither.
  ///
  /// libgit2 compares under the ref's lock, and the new value is on disk when this returns. That a ref is not there
  /// (`expecting` nil) is checked just before the lock is taken: two that create the same ref at once need a lock of
  /// their own.
  ///
  /// - Parameters:
  ///   - expecting: the value that the ref must have; nil: it must not exist.
  ///   - message: what the reflog says.
  /// - Throws: `modified` when the ref holds something else; `locked` when git's lock file is in the way; otherwise an
  ///   error only if the ref, read again, did not move: a failure may come after the move.
  public func updateReference(
    _ name: String, to id: ObjectID, expecting: ObjectID?, message: String
  ) throws(GitError) {
    let action = "moving the ref"
    let subject = Quoting.visible(name)
    let cName = try name.checkedCText(action)
    let cMessage = try message.checkedCText(action)
    var target = id.raw
    var reference: OpaquePointer?
    defer { git_reference_free(reference) }
    do throws(GitError) {
      var current = expecting?.raw ?? git_oid()
      let code = Interruption.postponed {
        withUnsafePointer(to: &current) { current in
          git_reference_create_matching(
            &reference, handle.raw, cName, &target, expecting == nil ? 0 : 1,
            expecting == nil ? nil : current,
            cMessage)
        }
      }
      // Where the ref is not there at all libgit2 says "not found".
      if expecting != nil, code == GIT_ENOTFOUND.rawValue, contains(id) {
        throw GitError(.modified, action, subject, reason: "it does not exist any more", code: .modified)
      }
      try check(code, action, subject)
    } catch {
      if error.kind == .modified || error.kind == .locked || error.kind == .invalid { throw error }
      guard let now = try? self.reference(name), now == id else { throw error }
    }
    Trace.report(.moved(reference: name, from: expecting?.hex, to: id.hex))
  }

  /// Removes the ref if it holds `expecting`; a ref that is not there is `modified`.
  public func deleteReference(_ name: String, expecting: ObjectID) throws(GitError) {
    let action = "deleting the ref"
    let subject = Quoting.visible(name)
    guard let reference = try ReferenceHandle(name, in: handle),
      ObjectID(git_reference_target(reference.raw)) == expecting
    else {
      throw GitError(.modified, action, subject, reason: "it does not hold \(expecting.hex)", code: .modified)
    }
    // This compares once more, under the ref's lock, with what the handle was read with.
    let code = Interruption.postponed { git_reference_delete(reference.raw) }
    try check(code, action, subject)
  }

  /// The refs whose full name begins with `prefix`, by name; symbolic refs that lead nowhere are left out.
  public func references(withPrefix prefix: String) throws(GitError) -> [Reference] {
    var iterator: OpaquePointer?
    // Only the folder of the prefix is read then.
    let pattern = try (prefix + "*").checkedCText("listing the refs of")
    try check(
      git_reference_iterator_glob_new(&iterator, handle.raw, pattern), "listing the refs of",
      gitDirectory.visible)
    defer { git_reference_iterator_free(iterator) }
    var references: [Reference] = []
    while true {
      var name: UnsafePointer<CChar>?
      let code = git_reference_next_name(&name, iterator)
      if code == GIT_ITEROVER.rawValue { break }
      try check(code, "listing the refs of", gitDirectory.visible)
      guard let name else { continue }
      let text = ByteText.string(fromC: name)
      guard text.begins(with: prefix), let target = try reference(text) else { continue }
      references.append(Reference(name: text, target: target))
    }
    return references.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// What the ref held before it last moved, by its reflog; nil without one, and where the ref was new then.
  ///
  /// - Parameter value: where it is given, before the ref last came to be this.
  public func previousValue(of name: String, before value: ObjectID? = nil) throws(GitError) -> ObjectID? {
    var reflog: OpaquePointer?
    let code = try git_reflog_read(&reflog, handle.raw, name.checkedCText("reading the reflog of"))
    guard try checkFound(code, "reading the reflog of", Quoting.visible(name)) else { return nil }
    defer { git_reflog_free(reflog) }
    for index in 0..<(value == nil ? 1 : git_reflog_entrycount(reflog)) {
      guard let entry = git_reflog_entry_byindex(reflog, index),
        let old = ObjectID(git_reflog_entry_id_old(entry))
      else { return nil }
      if let value, ObjectID(git_reflog_entry_id_new(entry)) != value { continue }
      return old == .zero ? nil : old
    }
    return nil
  }
}

/// A `git_reference`, freed once.
struct ReferenceHandle: ~Copyable {
  let raw: OpaquePointer

  /// nil where there is no such ref.
  init?(_ name: String, in repository: borrowing RepositoryHandle) throws(GitError) {
    var raw: OpaquePointer?
    let code = try git_reference_lookup(&raw, repository.raw, name.checkedCText("reading the ref"))
    guard try checkFound(code, "reading the ref", Quoting.visible(name)), let raw else { return nil }
    self.raw = raw
  }

  deinit { git_reference_free(raw) }
}
