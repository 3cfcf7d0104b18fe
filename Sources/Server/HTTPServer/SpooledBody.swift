import CGlibc
import Git
import Glibc
import Hummingbird
import NIOCore
import NIOPosix
import SystemSupport
import Synchronization
import SystemPackage

/// The body of a git request, whole and unpacked, in a file without a name.
///
/// git is started only once it is there: a client that sends slowly keeps no process waiting, and what is too large is
/// answered before anything has happened.
final class SpooledBody: Sendable {
  /// The file, read from its beginning; this process's until the end of this object.
  let descriptor: Int32
  /// How many bytes it has.
  let count: Int

  /// As much is kept in memory, which a full disk does not keep from being used.
  private static let memoryLimit = 64 << 10
  /// What all bodies together may take on disk.
  private static let diskLimit = 1 << 30
  private static let onDisk = Atomic(0)

  private let written: Int

  private init(_ descriptor: Int32, _ count: Int, onDisk written: Int) {
    self.descriptor = descriptor
    self.count = count
    self.written = written
  }

  deinit {
    close(descriptor)
    Self.onDisk.subtract(written, ordering: .relaxed)
  }

  /// Its bytes.
  func bytes() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, off_t(filled))
      }
      if read < 0, errno == EINTR { continue }
      guard read > 0 else { throw SystemError("reading", "a request", code: read == 0 ? EIO : errno) }
      filled += read
    }
    return bytes
  }

  /// Takes a body.
  ///
  /// - Parameters:
  ///   - isPacked: whether it is packed by gzip.
  ///   - limit: the most bytes that it may have, unpacked.
  ///   - directory: where its file is made.
  static func take(
    _ body: RequestBody, isPacked: Bool, limit: Int, in directory: FilePath
  ) async throws -> SpooledBody {
    let spool = Spool(directory: directory, limit: limit)
    do {
      let inflater = isPacked ? try GzipInflater() : nil
      for try await piece in body {
        if let inflater {
          try inflater.inflate(Array(piece.readableBytesView)) { try spool.add($0) }
        } else {
          try spool.add(piece.readableBytesView)
        }
        try await spool.write(ifMoreThan: memoryLimit)
      }
      if let inflater, !inflater.isAtEnd { throw GzipInflater.Damaged() }
      return try await spool.finish()
    } catch {
      spool.discard()
      if error is GzipInflater.Damaged {
        throw EdgeRefusal(.badRequest, "The body is not what gzip writes")
      }
      throw error
    }
  }

  /// A body that is coming in; used by one task at a time.
  private final class Spool: @unchecked Sendable {
    private let directory: FilePath
    private let limit: Int
    private var pending: [UInt8] = []
    private var count = 0
    private var written = 0
    private var descriptor: Int32 = -1

    init(directory: FilePath, limit: Int) {
      self.directory = directory
      self.limit = limit
    }

    func add(_ bytes: some Collection<UInt8>) throws {
      count += bytes.count
      guard count <= limit else { throw EdgeRefusal.contentTooLarge }
      pending += bytes
      // What one piece holds may be a thousand times its size.
      if pending.count > 4 << 20 { try put() }
    }

    /// Writes what has come, where that is more than so much.
    func write(ifMoreThan size: Int) async throws {
      guard pending.count > size else { return }
      try await NIOThreadPool.singleton.runIfActive { try self.put() }
    }

    func finish() async throws -> SpooledBody {
      if written == 0, pending.count <= memoryLimit {
        descriptor = dev_infra_file_in_memory()
        guard descriptor >= 0 else { throw SystemError("keeping", "a request") }
        try Files.write(pending, to: descriptor, name: "a request")
      } else {
        try await write(ifMoreThan: 0)
      }
      guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemError("keeping", "a request") }
      return SpooledBody(descriptor, count, onDisk: written)
    }

    func discard() {
      guard descriptor >= 0 else { return }
      close(descriptor)
      onDisk.subtract(written, ordering: .relaxed)
    }

    private func put() throws {
      if descriptor < 0 { descriptor = try NamelessFile.make(in: directory) }
      let size = pending.count
      guard onDisk.add(size, ordering: .relaxed).newValue <= diskLimit else {
        onDisk.subtract(size, ordering: .relaxed)
        throw EdgeRefusal.tooMuchAtOnce
      }
      written += size
      try Files.write(pending, to: descriptor, name: "a request")
      pending = []
    }
  }
}

/// Files that nobody else can open, and that are gone with their last descriptor.
enum NamelessFile {
  /// `O_TMPFILE`, a macro that Swift does not see.
  private static let withoutName = 0o20000000 | O_DIRECTORY

  /// A new one, empty.
  static func make(in directory: FilePath) throws(SystemError) -> Int32 {
    let descriptor = directory.withPlatformString { open($0, withoutName | O_RDWR | O_CLOEXEC, 0o600) }
    if descriptor >= 0 { return descriptor }
    // Not every file system has such files.
    guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else {
      throw SystemError("making a file in", directory.visible)
    }
    var path = directory.appending("incoming-XXXXXX").withPlatformString { text in
      Array(UnsafeBufferPointer(start: text, count: strlen(text) + 1))
    }
    let named = dev_infra_temporary_file(&path, O_CLOEXEC)
    guard named >= 0 else { throw SystemError("making a file in", directory.visible) }
    unlink(path)
    return named
  }
}
