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

  /// Lets ``writeSome(of:)`` write no more than there is room for. The other end is another process's, and not changed by it.
  func writesWithoutWaiting() { _ = fcntl(writing, F_SETFL, O_NONBLOCK) }

  /// Writes as much as fits and drops it from `bytes`.
  ///
  /// - Returns: whether anybody reads it; where nobody does any more, all is dropped.
  func writeSome(of bytes: inout ArraySlice<UInt8>) -> Bool {
    let count = bytes.withUnsafeBytes { write(writing, $0.baseAddress, $0.count) }
    if count >= 0 {
      bytes = bytes.dropFirst(count)
    } else if errno != EINTR, errno != EAGAIN {
      bytes = []
      return false
    }
    return true
  }
}
