import NIOCore
import NIOPosix
import SystemSupport
import Synchronization
import SystemPackage

/// What git answers, on its way to the client: taken from git as fast as that makes it, so that no process waits for a
/// client that reads slowly. A little is kept in memory, the rest in a file without a name, and where that cannot be, git
/// waits after all.
final class AnswerSpool: Sendable {
  private struct State {
    var pieces: CircularBuffer<ByteBuffer> = []
    var inMemory = 0
    /// Its owner is this object.
    var file: Int32 = -1
    var written = 0
    var taken = 0
    var isFileFull = false
    var isClosed = false
    /// What ended it; nil inside for its end.
    var end: (any Error)??
    var reader: CheckedContinuation<Void, Never>?
    var writer: CheckedContinuation<Void, Never>?
  }

  private let directory: FilePath
  private let state = Mutex(State())

  private static let memoryLimit = 1 << 20
  /// What all answers together may take on disk.
  private static let diskLimit = 1 << 30
  private static let onDisk = Atomic(0)

  init(_ directory: FilePath) { self.directory = directory }

  deinit {
    state.withLock { state in
      guard state.file >= 0 else { return }
      _ = OpenFile(owning: state.file)
      Self.onDisk.subtract(state.written, ordering: .relaxed)
    }
  }

  /// Takes a piece of the answer, and waits only where it can be kept nowhere.
  ///
  /// - Returns: whether anybody still wants it.
  func add(_ piece: ByteBuffer) async -> Bool {
    while true {
      guard let isKept = try? await NIOThreadPool.singleton.runIfActive({ self.keep(piece) }) else {
        return false
      }
      if isKept { break }
      await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
        let mayGoOn = state.withLock { state in
          let isFileInUse = state.taken < state.written
          if state.isClosed || (isFileInUse ? !state.isFileFull : state.inMemory < Self.memoryLimit) {
            return true
          }
          state.writer = waiter
          return false
        }
        if mayGoOn { waiter.resume() }
      }
    }
    return state.withLock { !$0.isClosed }
  }

  private func keep(_ piece: ByteBuffer) -> Bool {
    let (isKept, reader) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
      if state.isClosed { return (true, nil) }
      let usesFile = state.taken < state.written
      if !usesFile, state.inMemory + piece.readableBytes <= Self.memoryLimit || state.isFileFull {
        guard state.inMemory < Self.memoryLimit else { return (false, nil) }
        state.pieces.append(piece)
        state.inMemory += piece.readableBytes
      } else if !write(piece, &state) {
        return (false, nil)
      }
      return (true, state.reader.take())
    }
    reader?.resume()
    return isKept
  }

  private func write(_ piece: ByteBuffer, _ state: inout State) -> Bool {
    guard !state.isFileFull else { return false }
    let size = piece.readableBytes
    if state.file < 0 { state.file = Self.makeFile(in: directory) }
    guard state.file >= 0, Self.onDisk.add(size, ordering: .relaxed).newValue <= Self.diskLimit else {
      if state.file >= 0 { Self.onDisk.subtract(size, ordering: .relaxed) }
      state.isFileFull = true
      return false
    }
    guard piece.withUnsafeReadableBytes({ Files.write($0, to: state.file, at: state.written) }) else {
      Self.onDisk.subtract(size, ordering: .relaxed)
      state.isFileFull = true
      return false
    }
    state.written += size
    return true
  }

  /// - Returns: -1 where there can be none.
  private static func makeFile(in directory: FilePath) -> Int32 {
    do throws(SystemError) { return try NamelessFile.make(in: directory).release() } catch { return -1 }
  }

  /// Says that nothing more comes: the answer is whole, or what became of it.
  func end(_ error: (any Error)?) {
    let reader = state.withLock { state in
      if state.end == nil { state.end = .some(error) }
      return state.reader.take()
    }
    reader?.resume()
  }

  /// Says that nobody wants more of it.
  func close() {
    let writer = state.withLock { state in
      state.isClosed = true
      state.pieces = []
      return state.writer.take()
    }
    writer?.resume()
  }

  /// The next piece; nil at the end.
  func next() async throws -> ByteBuffer? {
    while true {
      let found = try await NIOThreadPool.singleton.runIfActive { try self.take() }
      if let found { return found }
      if try isOver() { return nil }
      await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
        let mayGoOn = state.withLock { state in
          if state.end != nil || !state.pieces.isEmpty || state.taken < state.written { return true }
          state.reader = waiter
          return false
        }
        if mayGoOn { waiter.resume() }
      }
    }
  }

  private func isOver() throws -> Bool {
    try state.withLock { state in
      guard let end = state.end, state.pieces.isEmpty, state.taken == state.written else { return false }
      if let error = end { throw error }
      return true
    }
  }

  private func take() throws -> ByteBuffer? {
    let (piece, writer) = try state.withLock { state -> (ByteBuffer?, CheckedContinuation<Void, Never>?) in
      // What is in memory came before what is in the file, unless the file has been read to its end.
      if let piece = state.pieces.popFirst() {
        state.inMemory -= piece.readableBytes
        return (piece, state.writer.take())
      }
      let count = min(256 << 10, state.written - state.taken)
      guard count > 0 else { return (nil, nil) }
      var buffer = ByteBufferAllocator().buffer(capacity: count)
      let read = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
        let room = UnsafeMutableRawBufferPointer(rebasing: $0[..<count])
        return (try? Files.readPiece(state.file, into: room, at: state.taken, name: "git's answer")) ?? 0
      }
      guard read > 0 else { throw SystemError("reading", "git's answer", code: .ioError) }
      state.taken += read
      return (buffer, state.writer.take())
    }
    writer?.resume()
    return piece
  }
}
