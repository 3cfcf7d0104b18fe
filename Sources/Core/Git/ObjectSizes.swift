import CGit2
import GitMemory
import Synchronization

/// Keeps libgit2 from loading an object that is larger than any of its kind may be.
///
/// Whatever it does with objects (look-ups, walks, merge bases) goes through the stores of its object database, and those
/// would load whole what a stranger's commit says. So they are asked for the size first, here.
enum ObjectSizes {
  private typealias Read =
    @convention(c) (
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UnsafeMutablePointer<Int>?,
      UnsafeMutablePointer<git_object_t>?, UnsafeMutablePointer<git_odb_backend>?, UnsafePointer<git_oid>?
    ) -> Int32

  /// libgit2's own function: the same for every store of packs.
  private static let readPacked = Mutex<Read?>(nil)

  /// Bounds what a store of packs loads.
  static func bound(_ backend: UnsafeMutablePointer<git_odb_backend>) {
    // Packs alone can be looked for anew; a reader of loose objects that was installed has none.
    guard isOfPacks(backend), let read = backend.pointee.read else { return }
    readPacked.withLock { if $0 == nil { $0 = read } }
    backend.pointee.read = { bytes, size, kind, backend, id in
      ObjectSizes.read(bytes, size, kind, backend, id)
    }
    backend.pointee.read_prefix = { found, bytes, size, kind, backend, prefix, length in
      guard let backend, let exists = backend.pointee.exists_prefix else { return GIT_ERROR.rawValue }
      var id = git_oid()
      let code = exists(&id, backend, prefix, length)
      guard code == 0 else { return code }
      found?.pointee = id
      return ObjectSizes.read(bytes, size, kind, backend, &id)
    }
  }

  /// Whether a store is one of packs.
  static func isOfPacks(_ backend: UnsafeMutablePointer<git_odb_backend>) -> Bool {
    backend.pointee.refresh != nil && backend.pointee.read_header != nil
  }

  /// What reading a small blob may allocate at once beside the blob: libgit2's tables of a pack, at most 16 MB.
  private static let room = 16 << 20

  /// The bytes of a blob in a store of packs; nil where the store lacks it, and where it is larger than `limit`, damaged, or a
  /// delta against something larger. The hash is not checked.
  ///
  /// Its size is not looked up first: that would inflate its deltas once more. The allocation of something larger is refused.
  static func packedBlob(
    _ id: ObjectID, limit: Int, in backend: UnsafeMutablePointer<git_odb_backend>
  ) -> [UInt8]? {
    guard let read = readPacked.withLock({ $0 }) else { return nil }
    var rawID = id.raw
    var (length, type) = (0, GIT_OBJECT_INVALID)
    var bytes: UnsafeMutableRawPointer?
    git_memory_set_ceiling(min(limit, room) + room)
    let code = read(&bytes, &length, &type, backend, &rawID)
    git_memory_set_ceiling(.max)
    guard code == 0, let bytes else { return nil }
    defer { git_odb_backend_data_free(backend, bytes) }
    guard type == GIT_OBJECT_BLOB, length <= limit else { return nil }
    return Array(UnsafeRawBufferPointer(start: bytes, count: length))
  }

  private static func read(
    _ bytes: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
    _ kind: UnsafeMutablePointer<git_object_t>?, _ backend: UnsafeMutablePointer<git_odb_backend>?,
    _ id: UnsafePointer<git_oid>?
  ) -> Int32 {
    guard let backend, let id, let header = backend.pointee.read_header,
      let read = readPacked.withLock({ $0 })
    else { return GIT_ERROR.rawValue }
    var length = 0
    var type = GIT_OBJECT_INVALID
    let code = header(&length, &type, backend, id)
    guard code == 0 else { return code }
    if let kind = ObjectKind(type), length > Limits.size(of: kind) {
      return refuse(ObjectID(id.pointee), kind, length)
    }
    return read(bytes, size, kind, backend, id)
  }

  /// Says that an object is too large.
  static func refuse(_ id: ObjectID, _ kind: ObjectKind, _ size: Int) -> Int32 {
    let reason =
      "the \(kind.rawValue) \(id.hex) has \(size) bytes, more than the \(Limits.size(of: kind)) that are read"
    _ = git_error_set_str(Int32(GIT_ERROR_ODB.rawValue), reason.cText)
    return GIT_ERROR.rawValue
  }
}
