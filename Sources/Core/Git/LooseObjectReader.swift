import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// Reads loose objects in the place of libgit2's own code.
///
/// libgit2 never returns from reading one whose file was cut off: its loop waits for input that does not come, and
/// a registry or a project with one such file would hang every command. That is
/// <https://github.com/libgit2/libgit2/issues/7342>, mended by pull request 7346 of August 2026, which no version up to 1.9.7
/// has. Beyond what is read of one that claims to be smaller than it is, libgit2 writes
/// (<https://github.com/libgit2/libgit2/issues/7177>). LibGit2Tests notice a version that is newer, LooseObjectTests whether
/// this still helps.
///
/// This backend stands before libgit2's, whose functions that load objects are taken out; looking for them and writing is left
/// to those.
enum LooseObjectReader {
  /// Puts readers before the other stores on disk of an object database, which owns them from then on: one for
  /// `objects`, and one for each other directory that it borrows objects from.
  static func install(in database: OpaquePointer, objects: FilePath) throws(GitError) {
    for position in 0..<git_odb_num_backends(database) {
      var backend: UnsafeMutablePointer<git_odb_backend>?
      guard git_odb_get_backend(&backend, database, position) == 0, let backend else { continue }
      // Those of loose objects are the ones that read as a stream.
      guard backend.pointee.readstream != nil else {
        ObjectSizes.bound(backend)
        continue
      }
      backend.pointee.read = nil
      backend.pointee.read_header = nil
      backend.pointee.read_prefix = nil
      backend.pointee.readstream = nil
    }
    for directory in Alternates.directories(of: objects) { try add(directory, to: database) }
  }

  private static func add(_ objects: FilePath, to database: OpaquePointer) throws(GitError) {
    let memory = UnsafeMutablePointer<dev_infra_loose_reader>.allocate(capacity: 1)
    memory.initialize(to: dev_infra_loose_reader())
    let backend = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: git_odb_backend.self)
    do {
      try check(
        git_odb_init_backend(backend, UInt32(GIT_ODB_BACKEND_VERSION)), "reading", objects.visible)
      memory.pointee.objects = CStrings.copy(objects)
      backend.pointee.read = { bytes, size, kind, backend, id in
        guard let backend, let id else { return GIT_ERROR.rawValue }
        return LooseObjectReader.read(ObjectID(id.pointee), bytes, size, kind, backend)
      }
      backend.pointee.read_header = { size, kind, backend, id in
        guard let backend, let id else { return GIT_ERROR.rawValue }
        return LooseObjectReader.readHeader(ObjectID(id.pointee), size, kind, backend)
      }
      backend.pointee.read_prefix = { found, bytes, size, kind, backend, prefix, length in
        guard let found, let backend, let prefix else { return GIT_ERROR.rawValue }
        return LooseObjectReader.readPrefix(
          ObjectID(prefix.pointee), length, found, bytes, size, kind, backend)
      }
      backend.pointee.free = { LooseObjectReader.free($0) }
      // libgit2 has 1 for loose objects and 2 for packs.
      try check(git_odb_add_backend(database, backend, 3), "reading", objects.visible)
    } catch {
      LooseObjectReader.free(backend)
      throw error
    }
  }

  private static func free(_ backend: UnsafeMutablePointer<git_odb_backend>?) {
    guard let backend else { return }
    let memory = UnsafeMutableRawPointer(backend).assumingMemoryBound(to: dev_infra_loose_reader.self)
    memory.pointee.objects?.deallocate()
    memory.deallocate()
  }

  private static func directory(of backend: UnsafeMutablePointer<git_odb_backend>) -> FilePath {
    let memory = UnsafeMutableRawPointer(backend).assumingMemoryBound(to: dev_infra_loose_reader.self)
    return FilePath(platformString: memory.pointee.objects)
  }

  /// libgit2's `git_odb_backend.read_prefix`: the one object whose name begins with so many digits.
  private static func readPrefix(
    _ prefix: ObjectID, _ length: Int, _ found: UnsafeMutablePointer<git_oid>,
    _ bytes: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
    _ kind: UnsafeMutablePointer<git_object_t>?, _ backend: UnsafeMutablePointer<git_odb_backend>
  ) -> Int32 {
    guard length >= 2 else { return GIT_EAMBIGUOUS.rawValue }
    let digits = prefix.hex.prefix(length)
    let folder = directory(of: backend).appending(String(digits.prefix(2)))
    let ids = ((try? Files.names(in: folder)) ?? []).filter { $0.starts(with: digits.dropFirst(2).utf8) }
      .compactMap { ObjectID(hex: digits.prefix(2) + String(decoding: $0, as: UTF8.self)) }
    guard let id = ids.first else { return GIT_ENOTFOUND.rawValue }
    guard ids.count == 1 else { return GIT_EAMBIGUOUS.rawValue }
    found.pointee = id.raw
    return read(id, bytes, size, kind, backend)
  }

  /// libgit2's `git_odb_backend.read`.
  private static func read(
    _ id: ObjectID, _ bytes: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ size: UnsafeMutablePointer<Int>?, _ kind: UnsafeMutablePointer<git_object_t>?,
    _ backend: UnsafeMutablePointer<git_odb_backend>
  ) -> Int32 {
    guard let bytes, let size, let kind else { return GIT_ERROR.rawValue }
    let file = file(of: id, backend)
    let deflated: [UInt8]
    do {
      deflated = try Files.read(file, limit: Limits.looseFile)
    } catch {
      return error.isMissing ? GIT_ENOTFOUND.rawValue : failure(error.description, GIT_ERROR, GIT_ERROR_OS)
    }
    if let header = LooseObject.header(of: deflated), header.size > Limits.size(of: header.kind) {
      return ObjectSizes.refuse(id, header.kind, header.size)
    }
    guard let object = LooseObject(deflated) else {
      return failure("the object's file \(file.visible) is cut off or damaged", GIT_EMISMATCH)
    }
    let content = object.content
    guard let buffer = git_odb_backend_data_alloc(backend, max(1, content.count)) else {
      return GIT_ERROR.rawValue
    }
    content.withUnsafeBytes { source in
      if let base = source.baseAddress { buffer.copyMemory(from: base, byteCount: source.count) }
    }
    bytes.pointee = buffer
    size.pointee = content.count
    kind.pointee = object.kind.raw
    return 0
  }

  /// libgit2's `git_odb_backend.read_header`: of the file only the beginning is read.
  private static func readHeader(
    _ id: ObjectID, _ size: UnsafeMutablePointer<Int>?, _ kind: UnsafeMutablePointer<git_object_t>?,
    _ backend: UnsafeMutablePointer<git_odb_backend>
  ) -> Int32 {
    let file = file(of: id, backend)
    let start: [UInt8]
    do {
      start = try Files.readStart(of: file, count: 256)
    } catch {
      return error.isMissing ? GIT_ENOTFOUND.rawValue : failure(error.description, GIT_ERROR, GIT_ERROR_OS)
    }
    guard let header = LooseObject.header(of: start) else {
      return failure("the object's file \(file.visible) is cut off or damaged", GIT_EMISMATCH)
    }
    size?.pointee = header.size
    kind?.pointee = header.kind.raw
    return 0
  }

  private static func file(
    of id: ObjectID, _ backend: UnsafeMutablePointer<git_odb_backend>
  ) -> FilePath {
    let hex = id.hex
    return directory(of: backend).appending(String(hex.prefix(2))).appending(String(hex.dropFirst(2)))
  }

  private static func failure(
    _ reason: String, _ code: git_error_code, _ category: git_error_t = GIT_ERROR_ODB
  ) -> Int32 {
    _ = git_error_set_str(Int32(category.rawValue), reason.cText)
    return code.rawValue
  }
}

/// What the file of a loose object holds.
package struct LooseObject {
  let kind: ObjectKind
  let content: ArraySlice<UInt8>

  /// Nil where the file is cut off or damaged, or holds another number of bytes than it says.
  package init?(_ deflated: [UInt8]) {
    var header: (kind: ObjectKind, start: Int, size: Int)?
    let bytes = Inflation.inflate(deflated) { start in
      header = Self.header(start)
      return header.map { $0.start + $0.size }
    }
    guard let bytes, let header, bytes.count == header.start + header.size else { return nil }
    kind = header.kind
    content = bytes[header.start...]
  }

  /// The kind and the size of the object whose file begins like this; nil where it is damaged.
  static func header(of deflated: [UInt8]) -> ObjectHeader? {
    header(Inflation.start(of: deflated)[...]).map { ObjectHeader(kind: $0.kind, size: $0.size) }
  }

  /// The kind, a space, the size in decimal digits and a NUL.
  private static func header(_ bytes: ArraySlice<UInt8>) -> (kind: ObjectKind, start: Int, size: Int)? {
    // The longest kind has six letters, the largest size nineteen digits.
    guard let end = bytes.prefix(32).firstIndex(of: 0) else { return nil }
    let words = bytes[..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.count == 2, let kind = ObjectKind(rawValue: words[0]), let size = Int(words[1]),
      size >= 0, size < 1 << 48, words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return (kind, end + 1, size)
  }
}
