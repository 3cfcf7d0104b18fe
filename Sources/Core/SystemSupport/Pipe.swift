#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Both ends of a pipe(2), each closed once.
final class Pipe {
  private(set) var reading: Int32
  private(set) var writing: Int32

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError("making", "a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    closeReading()
    closeWriting()
  }

  var isReading: Bool { reading >= 0 }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  /// Appends what is there; at the end of the stream closes it.
  func readSome(into bytes: inout [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(reading, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 || errno != EINTR {
      closeReading()
    }
  }

  /// Writes as much as fits and drops it from `bytes`; drops all when nobody reads any more.
  func writeSome(of bytes: inout ArraySlice<UInt8>) {
    // No more than PIPE_BUF: with more a blocking write could wait although poll said that there is room.
    let piece = Array(bytes.prefix(Int(PIPE_BUF)))
    let count = write(writing, piece, piece.count)
    if count >= 0 {
      bytes = bytes.dropFirst(count)
    } else if errno != EINTR {
      bytes = []
    }
  }
}
