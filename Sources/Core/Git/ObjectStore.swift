import CGit2
import SystemSupport
import ByteStrings
import Synchronization
import SystemPackage

/// A repository's object database, and what was written to it but is not on disk yet.
///
/// Everything that is written goes to memory first (libgit2's mempack backend, where it can be read at once) and
/// reaches the disk when a batch ends. So a change is all there or not begun, and costs one round of fsync.
final class ObjectStore {
  let raw: OpaquePointer
  private let objects: FilePath
  /// libgit2's store in memory: owned by the database once it is added to it.
  private var memory: UnsafeMutablePointer<git_odb_backend>?
  private var pending: [(id: ObjectID, kind: ObjectKind, bytes: [UInt8])] = []
  private var isPending: Set<ObjectID> = []
  private var pendingBytes = 0
  private var depth = 0
  /// Whether it reads also what another directory has.
  private(set) var isBorrowing = false
  /// Blobs of packs that were read ahead, as they were found there.
  private var ahead: [ObjectID: [UInt8]] = [:]

  init(_ repository: OpaquePointer, objects: FilePath) throws(GitError) {
    var raw: OpaquePointer?
    try check(git_repository_odb(&raw, repository), "opening the objects of", objects.visible)
    guard let raw else { throw GitError(.damaged, "opening", objects.visible, reason: "libgit2 gave none") }
    self.raw = raw
    self.objects = objects
    try LooseObjectReader.install(in: raw, objects: objects)
  }

  deinit { git_odb_free(raw) }

  /// Reads also what another directory has.
  func borrow(from directory: FilePath) throws(GitError) {
    isBorrowing = true
    try check(git_odb_add_disk_alternate(raw, directory.cText), "opening the objects of", directory.visible)
    try LooseObjectReader.install(in: raw, objects: directory)
  }

  /// Whether one of the packs is so large that to read all of it takes more memory than else, or several times as long.
  var hasLargePack: Bool {
    ((try? PackFiles.all(in: objects)) ?? []).contains { Files.size(of: $0) ?? 0 > Limits.largePack }
  }

  /// Whether the object is on disk or in the batch that is being written.
  func exists(_ id: ObjectID) -> Bool {
    if isPending.contains(id) || backend(with: id) != nil { return true }
    // Another process may have packed it since the packs were listed.
    return git_odb_refresh(raw) == 0 && backend(with: id) != nil
  }

  /// The store on disk that has the object.
  ///
  /// `git_odb_exists` is not asked: it believes libgit2's cache, which still has what a batch wrote that then failed.
  private func backend(with id: ObjectID) -> UnsafeMutablePointer<git_odb_backend>? {
    var rawID = id.raw
    for position in 0..<git_odb_num_backends(raw) {
      var backend: UnsafeMutablePointer<git_odb_backend>?
      guard git_odb_get_backend(&backend, raw, position) == 0, let backend, backend != memory,
        let exists = backend.pointee.exists
      else { continue }
      if exists(backend, &rawID) == 1 { return backend }
    }
    return nil
  }

  /// Takes an object; it is on disk when the outermost batch has ended.
  func write(_ bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    let id = try ObjectID.hash(bytes, as: kind)
    if isPending.contains(id) { return id }
    var rawID = id.raw
    if let backend = backend(with: id) {
      // What is there is marked as used, so that no gc takes it for long unreachable; where that cannot be done it is
      // written again, as git does.
      guard let freshen = backend.pointee.freshen, freshen(backend, &rawID) != 0 else { return id }
    }
    // Straight to memory: `git_odb_write` would look through the directory of packs again, for each new object.
    let memory = try addMemory()
    try check(
      memory.pointee.write(memory, &rawID, bytes, bytes.count, kind.raw), "writing", "a \(kind.rawValue)")
    pending.append((id, kind, bytes))
    isPending.insert(id)
    pendingBytes += bytes.count
    if depth == 0 { try flush(.automatic) }
    return id
  }

  func begin() { depth += 1 }

  /// Ends a batch. One inside another leaves everything to the outer: when it failed, and the outer goes on all the
  /// same, then what both had written is still needed.
  func end(_ storage: ObjectStorage, keeping: Bool) throws(GitError) {
    depth -= 1
    guard depth == 0 else { return }
    if keeping, storage != .memory { try flush(storage) } else { forget() }
  }

  private func addMemory() throws(GitError) -> UnsafeMutablePointer<git_odb_backend> {
    if let memory { return memory }
    var backend: UnsafeMutablePointer<git_odb_backend>?
    try check(git_mempack_new(&backend), "making room for", "objects")
    guard let backend else {
      throw GitError(.other, "making room for", "objects", reason: "libgit2 gave none")
    }
    // Before every other backend: what was just written is what is read most.
    try check(git_odb_add_backend(raw, backend, 999), "making room for", "objects")
    memory = backend
    return backend
  }

  private func forget() {
    if let memory { git_mempack_reset(memory) }
    pending = []
    isPending = []
    pendingBytes = 0
  }

  private func flush(_ storage: ObjectStorage) throws(GitError) {
    guard !pending.isEmpty else { return }
    defer { forget() }
    let asPack =
      switch storage {
      case .loose: false
      case .pack: true
      case .memory: preconditionFailure("what is in memory alone is not written")
      case .automatic: pending.count > ObjectStorage.largestLooseBatch || pendingBytes > 1 << 20
      }
    try Interruption.postponed { () throws(GitError) in
      if asPack { try writePack() } else { try writeLoose() }
    }
    Trace.report(.wroteObjects(count: pending.count, store: objects, asPack: asPack))
  }

  private func writeLoose() throws(GitError) {
    var writer = LooseObjectWriter(objects)
    for object in pending { try writer.add(object.id, object.kind, object.bytes) }
    try writer.finish()
  }

  private func writePack() throws(GitError) {
    var writer = try PackWriter(objects, count: pending.count)
    for object in pending { try writer.add(object.id, object.kind, object.bytes) }
    try writer.finish()
    try check(git_odb_refresh(raw), "reading the packs of", objects.visible)
  }

  /// The bytes of a blob that a pack has; nil where none has it, and where it is larger than `limit` or damaged: that
  /// ``read(_:)`` says.
  ///
  /// Where everything is read, nearly all is in packs, and to look for a loose object first would be a call of the system for
  /// each.
  func packedBlob(_ id: ObjectID, limit: Int) -> [UInt8]? {
    guard let bytes = ahead.removeValue(forKey: id) ?? uncheckedPackedBlob(id, limit: limit),
      bytes.count <= limit
    else { return nil }
    // What `git_odb_read` would check.
    return (try? ObjectID.hash(bytes, as: .blob)) == id ? bytes : nil
  }

  /// As ``packedBlob(_:limit:)``, without a look at whether the bytes are what the name says.
  private func uncheckedPackedBlob(_ id: ObjectID, limit: Int) -> [UInt8]? {
    for position in 0..<git_odb_num_backends(raw) {
      var backend: UnsafeMutablePointer<git_odb_backend>?
      guard git_odb_get_backend(&backend, raw, position) == 0, let backend, ObjectSizes.isOfPacks(backend)
      else { continue }
      if let bytes = ObjectSizes.packedBlob(id, limit: limit, in: backend) { return bytes }
    }
    return nil
  }

  /// One thread reads ahead at a time.
  private static let reading = Mutex<Void>(())

  /// Bytes that are read ahead, and a little more. Many entries are a small part of it.
  private static let mostAhead = 1 << 20

  /// Reads blobs of packs that ``packedBlob(_:limit:)`` is asked for next. What is not there, or no longer fits, it reads itself.
  func readAhead(_ ids: [ObjectID], limit: Int) {
    ahead.removeAll(keepingCapacity: true)
    Self.reading.withLock { _ in
      var count = 0
      for id in ids where count < Self.mostAhead {
        guard let bytes = uncheckedPackedBlob(id, limit: limit) else { continue }
        count += bytes.count
        ahead[id] = bytes
      }
    }
  }

  /// Where objects stand in its packs.
  func placesInPacks(of ids: [ObjectID?]) -> [Int] { PackFiles.places(of: ids, in: objects) }

  /// The object's kind and bytes.
  func read(_ id: ObjectID) throws(GitError) -> (kind: ObjectKind, bytes: [UInt8]) {
    var raw = id.raw
    var object: OpaquePointer?
    try check(git_odb_read(&object, self.raw, &raw), "reading the object", id.hex)
    defer { git_odb_object_free(object) }
    guard let kind = ObjectKind(git_odb_object_type(object)) else {
      throw GitError(.damaged, "reading the object", id.hex, reason: "it is of no known kind")
    }
    return (
      kind,
      Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    )
  }
}
