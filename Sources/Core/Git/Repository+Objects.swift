import CGit2
import SystemSupport
import ByteStrings

/// Reading and writing objects. Kinds of failure: `notFound`, `damaged`, `tooLarge`, `invalid`, `other`.
extension Repository {
  /// The object's kind and size, without loading it; nil where it is not in the store.
  public func header(of id: ObjectID) throws(GitError) -> ObjectHeader? {
    var raw = id.raw
    var size = 0
    var type = GIT_OBJECT_INVALID
    guard try checkFound(git_odb_read_header(&size, &type, store.raw, &raw), "looking for the object", id.hex)
    else {
      return nil
    }
    guard let kind = ObjectKind(type) else {
      throw GitError(.damaged, "looking for the object", id.hex, reason: "it is of no known kind")
    }
    return ObjectHeader(kind: kind, size: size)
  }

  /// Whether the object is in the store, or in the batch that is being written.
  public func contains(_ id: ObjectID) -> Bool { store.exists(id) }

  /// A blob's bytes.
  ///
  /// - Parameter limit: the most bytes that are loaded; a larger blob fails as `tooLarge` without being loaded.
  public func blob(_ id: ObjectID, limit: Int = .max) throws(GitError) -> [UInt8] {
    if limit != .max, let header = try header(of: id), header.size > limit {
      throw GitError(
        .tooLarge, "reading the blob", id.hex,
        reason: "it has \(header.size) bytes, more than the \(limit) allowed")
    }
    let object = try store.read(id)
    guard object.kind == .blob else {
      throw GitError(.invalid, "reading the blob", id.hex, reason: "it is a \(object.kind.rawValue)")
    }
    return object.bytes
  }

  /// The bytes of a packed blob, for callers that read many; nil where only ``blob(_:limit:)`` can answer: the blob is in
  /// no pack, damaged, or larger than `limit`.
  public func packedBlob(_ id: ObjectID, limit: Int) -> [UInt8]? { store.packedBlob(id, limit: limit) }

  /// Reads packed blobs ahead for ``packedBlob(_:limit:)``; the next call drops those that nobody has asked for.
  ///
  /// Repositories of several threads share what libgit2 keeps of a pack, and each would wait for the other at every object.
  public func readAhead(_ ids: [ObjectID], limit: Int) { store.readAhead(ids, limit: limit) }

  /// Whether one of its packs is larger than 256 MiB, so that git is not to save memory where it reads all of it.
  public var hasLargePack: Bool { store.hasLargePack }

  /// Where objects stand in the packs, by which it costs least to read them. What is in none has the greatest number.
  ///
  /// For a caller that is about to read all of them, in this repository or another: more of a large pack is mapped from now on.
  public func placesInPacks(of ids: [ObjectID?]) throws(GitError) -> [Int] {
    if hasLargePack { try LibGit2.widenWindows() }
    return store.placesInPacks(of: ids)
  }

  /// Writes a blob, and returns its id; in a batch it reaches the disk when the batch ends.
  public func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID { try store.write(bytes, as: .blob) }

  /// A tree's entries in git's order; `id` may also be a commit's, which stands for its tree.
  public func tree(_ id: ObjectID) throws(GitError) -> [TreeEntry] {
    var raw = id.raw
    var object: OpaquePointer?
    try check(git_object_lookup(&object, handle.raw, &raw, GIT_OBJECT_ANY), "reading the tree", id.hex)
    defer { git_object_free(object) }
    var tree: OpaquePointer?
    try check(git_object_peel(&tree, object, GIT_OBJECT_TREE), "reading the tree", id.hex)
    defer { git_object_free(tree) }
    let count = git_tree_entrycount(tree)
    var entries: [TreeEntry] = []
    entries.reserveCapacity(count)
    for index in 0..<count {
      guard let entry = git_tree_entry_byindex(tree, index), let name = git_tree_entry_name(entry),
        let id = ObjectID(git_tree_entry_id(entry))
      else { throw GitError(.damaged, "reading the tree", id.hex, reason: "an entry cannot be read") }
      entries.append(
        TreeEntry(
          name: ByteText.bytes(fromC: name), mode: git_tree_entry_filemode_raw(entry).rawValue, id: id))
    }
    return entries
  }

  /// A tree's entry with this name, without the others; nil where there is none.
  public func entry(_ name: String, in tree: ObjectID) throws(GitError) -> TreeEntry? {
    var raw = tree.raw
    var object: OpaquePointer?
    try check(git_tree_lookup(&object, handle.raw, &raw), "reading the tree", tree.hex)
    defer { git_tree_free(object) }
    guard let entry = git_tree_entry_byname(object, name.cText) else { return nil }
    guard let id = ObjectID(git_tree_entry_id(entry)) else {
      throw GitError(.damaged, "reading the tree", tree.hex, reason: "an entry cannot be read")
    }
    return TreeEntry(name: name, mode: git_tree_entry_filemode_raw(entry).rawValue, id: id)
  }

  /// Writes a tree of these entries, in whatever order they come.
  ///
  /// - Throws: `invalid` for a name or mode that git would refuse, for a name that occurs twice, and for an object that
  ///   is not in the store.
  public func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    try store.write(TreeFormat.bytes(of: entries) { store.exists($0) }, as: .tree)
  }

  /// A commit.
  public func commit(_ id: ObjectID) throws(GitError) -> Commit {
    let commit = try CommitHandle(id, in: handle)
    guard let tree = ObjectID(git_commit_tree_id(commit.raw)),
      let author = Signature(git_commit_author(commit.raw)),
      let committer = Signature(git_commit_committer(commit.raw))
    else { throw GitError(.damaged, "reading the commit", id.hex, reason: "a part of it cannot be read") }
    let parents = (0..<git_commit_parentcount(commit.raw)).compactMap {
      ObjectID(git_commit_parent_id(commit.raw, $0))
    }
    return Commit(
      tree: tree, parents: parents, author: author, committer: committer,
      message: git_commit_message(commit.raw).map { ByteText.string(fromC: $0) } ?? "")
  }

  /// Writes a commit; no ref is moved.
  ///
  /// libgit2's `git_commit_create` returns success although the object could not be written (a full disk), so the
  /// commit's bytes are made first and written like any other object, checked.
  public func writeCommit(
    tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String
  ) throws(GitError) -> ObjectID {
    let action = "writing a commit to"
    let subject = gitDirectory.visible
    for id in [tree] + parents where !store.exists(id) {
      throw GitError(
        .notFound, action, subject, reason: "the object \(id.hex) is not in the store", code: .notFound)
    }
    var rawTree = tree.raw
    var treeObject: OpaquePointer?
    try check(git_tree_lookup(&treeObject, handle.raw, &rawTree), "reading the tree", tree.hex)
    defer { git_tree_free(treeObject) }
    var parentObjects: [OpaquePointer?] = []
    defer { for parent in parentObjects { git_commit_free(parent) } }
    for parent in parents {
      var raw = parent.raw
      var object: OpaquePointer?
      try check(git_commit_lookup(&object, handle.raw, &raw), "reading the commit", parent.hex)
      parentObjects.append(object)
    }
    let author = try SignatureHandle(author)
    let committer = try SignatureHandle(committer)
    var buffer = Buffer()
    try check(
      git_commit_create_buffer(
        &buffer.raw, handle.raw, author.raw, committer.raw, nil, message.checkedCText(action), treeObject,
        parentObjects.count, &parentObjects),
      action, subject)
    return try store.write(Array(buffer.rawBytes), as: .commit)
  }

  /// Runs `body`, and writes all objects that it makes to the disk at once when it ends: as loose objects for a small
  /// change, as one pack for a large one, durably in either form. A batch inside another ends with the outer one, as that
  /// says.
  ///
  /// Objects can be read as soon as they are made. Objects that are in the store already are not written again. When
  /// `body` throws, nothing is written. Move the ref behind the batch and not in it: before its end the objects are not
  /// on disk.
  ///
  /// - Throws: what `body` throws, or ``GitError``.
  public func withBatch<Result>(
    _ storage: ObjectStorage = .automatic, _ body: (borrowing Repository) throws -> Result
  ) throws -> Result {
    store.begin()
    let result: Result
    do {
      result = try body(self)
    } catch {
      try store.end(storage, keeping: false)
      throw error
    }
    try store.end(storage, keeping: true)
    return result
  }
}

/// A loaded `git_commit`, freed once.
struct CommitHandle: ~Copyable {
  let raw: OpaquePointer

  init(_ id: ObjectID, in repository: borrowing RepositoryHandle) throws(GitError) {
    var rawID = id.raw
    var raw: OpaquePointer?
    try check(git_commit_lookup(&raw, repository.raw, &rawID), "reading the commit", id.hex)
    guard let raw else { throw GitError(.damaged, "reading the commit", id.hex, reason: "libgit2 gave none") }
    self.raw = raw
  }

  deinit { git_commit_free(raw) }
}

/// A `git_signature` of libgit2, freed once.
struct SignatureHandle: ~Copyable {
  let raw: UnsafeMutablePointer<git_signature>?

  init(_ signature: Signature) throws(GitError) {
    var raw: UnsafeMutablePointer<git_signature>?
    try check(
      git_signature_new(
        &raw, signature.name.checkedCText("signing as"), signature.email.checkedCText("signing as"),
        signature.seconds,
        Int32(clamping: signature.offsetMinutes)),
      "signing as", Quoting.visible(signature.name))
    self.raw = raw
  }

  deinit { git_signature_free(raw) }
}

extension Signature {
  init?(_ raw: UnsafePointer<git_signature>?) {
    guard let raw, let name = raw.pointee.name, let email = raw.pointee.email else { return nil }
    self.init(
      verbatimName: ByteText.string(fromC: name), email: ByteText.string(fromC: email),
      seconds: raw.pointee.when.time,
      offsetMinutes: Int(raw.pointee.when.offset))
  }
}
