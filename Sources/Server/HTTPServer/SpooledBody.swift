import Git
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
  /// The file, read from its beginning; open until the end of this object.
  var descriptor: Int32 { file.descriptor }
  /// How many bytes it has.
  let count: Int

  /// As much is kept in memory, which a full disk does not keep from being used.
  private static let memoryLimit = 64 << 10
  /// What all bodies together may take on disk.
  private static let diskLimit = 1 << 30
  private static let onDisk = Atomic(0)

  private let file: OpenFile
  private let written: Int

  private init(_ file: consuming OpenFile, _ count: Int, onDisk written: Int) {
    self.file = file
    self.count = count
    self.written = written
  }

  deinit {
    Self.onDisk.subtract(written, ordering: .relaxed)
  }

  /// Its first bytes, or all that there are.
  func bytes(atMost limit: Int = .max) throws -> [UInt8] {
    try Files.readExactly(min(count, limit), from: descriptor, at: 0, name: "a request", ended: .ioError)
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
        descriptor = try NamelessFile.inMemory().release()
        try Files.write(pending, to: descriptor, name: "a request")
      } else {
        try await write(ifMoreThan: 0)
      }
      try Files.seek(descriptor, to: 0, name: "a request")
      return SpooledBody(OpenFile(owning: descriptor), count, onDisk: written)
    }

    func discard() {
      guard descriptor >= 0 else { return }
      _ = OpenFile(owning: descriptor)
      onDisk.subtract(written, ordering: .relaxed)
    }

    private func put() throws {
      if descriptor < 0 { descriptor = try NamelessFile.make(in: directory).release() }
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
