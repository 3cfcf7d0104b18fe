import CGit2
import Glibc
import Platform
import Records
import SystemPackage

/// Reads loose objects in the place of libgit2's own code.
///
/// libgit2 1.5.1 never returns from reading one whose file was cut off: its loop waits for input that does not come, and
/// a registry or a project with one such file would hang every command. This backend stands before libgit2's; what it
/// does not find, and everything but reading by a whole id, is left to that.
enum LooseObjectReader {
  /// Puts the reader before the other stores on disk of an object database, which owns it from then on.
  static func install(in database: OpaquePointer, objects: FilePath) throws(GitError) {
    let memory = UnsafeMutablePointer<dev_infra_loose_reader>.allocate(capacity: 1)
    memory.initialize(to: dev_infra_loose_reader())
    let backend = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: git_odb_backend.self)
    do {
      try check(
        git_odb_init_backend(backend, UInt32(GIT_ODB_BACKEND_VERSION)), "reading", objects.visible)
      memory.pointee.objects = objects.withPlatformString { strdup($0) }
      backend.pointee.read = { bytes, size, kind, backend, id in
        LooseObjectReader.read(bytes, size, kind, backend, id)
      }
      backend.pointee.free = { LooseObjectReader.free($0) }
      // libgit2 has 1 for loose objects and 2 for packs.
      try check(git_odb_add_backend(database, backend, 3), "reading", objects.visible)
    } catch {
      free(backend)
      throw error
    }
  }

  private static func free(_ backend: UnsafeMutablePointer<git_odb_backend>?) {
    guard let backend else { return }
    let memory = UnsafeMutableRawPointer(backend).assumingMemoryBound(to: dev_infra_loose_reader.self)
    Glibc.free(memory.pointee.objects)
    memory.deallocate()
  }

  /// libgit2's `git_odb_backend.read`.
  private static func read(
    _ bytes: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
    _ kind: UnsafeMutablePointer<git_object_t>?, _ backend: UnsafeMutablePointer<git_odb_backend>?,
    _ id: UnsafePointer<git_oid>?
  ) -> Int32 {
    guard let bytes, let size, let kind, let backend, let id else { return GIT_ERROR.rawValue }
    let memory = UnsafeMutableRawPointer(backend).assumingMemoryBound(to: dev_infra_loose_reader.self)
    let hex = ObjectID(id.pointee).hex
    let file = FilePath(platformString: memory.pointee.objects).appending(String(hex.prefix(2)))
      .appending(String(hex.dropFirst(2)))
    let deflated: [UInt8]
    do {
      deflated = try Files.read(file)
    } catch {
      return error.isMissing ? GIT_ENOTFOUND.rawValue : failure("\(error)", GIT_ERROR)
    }
    guard let object = Inflation.inflate(deflated), let end = object.firstIndex(of: 0) else {
      return failure("the object's file \(file.visible) is cut off or damaged", GIT_EMISMATCH)
    }
    let header = object[..<end].split(separator: UInt8(ascii: " ")).map {
      String(decoding: $0, as: UTF8.self)
    }
    let content = object[(end + 1)...]
    guard header.count == 2, let type = ObjectKind(rawValue: header[0]), Int(header[1]) == content.count
    else {
      return failure("the object's file \(file.visible) is damaged", GIT_EMISMATCH)
    }
    guard let buffer = git_odb_backend_data_alloc(backend, max(1, content.count)) else {
      return GIT_ERROR.rawValue
    }
    content.withUnsafeBytes { source in
      if let base = source.baseAddress { buffer.copyMemory(from: base, byteCount: source.count) }
    }
    bytes.pointee = buffer
    size.pointee = content.count
    kind.pointee = type.raw
    return 0
  }

  private static func failure(_ reason: String, _ code: git_error_code) -> Int32 {
    _ = git_error_set_str(Int32(GIT_ERROR_ODB.rawValue), reason.cText)
    return code.rawValue
  }
}

/// zlib's decompression of a whole stream.
enum Inflation {
  /// What a zlib stream holds; nil where it is cut off or damaged. What follows the stream is ignored, as git does.
  static func inflate(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var out: [UInt8] = []
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { input -> [UInt8]? in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(clamping: input.count)
      // Most objects here are stored and not deflated, so one round is enough for them.
      var room = input.count + 64
      while true {
        var code = Z_OK
        out.append(
          contentsOf: [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(clamping: buffer.count)
            let offered = Int(stream.avail_out)
            code = CGit2.inflate(&stream, Z_NO_FLUSH)
            count = offered - Int(stream.avail_out)
          })
        if code == Z_STREAM_END { return out }
        // Room is left, and yet the end was not reached: there is no more input.
        guard code == Z_OK, stream.avail_out == 0 || stream.avail_in > 0 else { return nil }
        room = max(65536, out.count)
      }
    }
  }
}
