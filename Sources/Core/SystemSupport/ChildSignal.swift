#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// SIGCHLD as something that poll(2) waits for: that a child has ended is seen at once, even while other processes hold its pipes.
enum ChildSignal {
  // The handler may only touch memory that needs no initialiser and no exclusivity check, hence the pointer.
  private struct Ends: @unchecked Sendable {
    let value: UnsafeMutablePointer<Int32>
  }

  private static let ends: Ends = {
    let pointer = UnsafeMutablePointer<Int32>.allocate(capacity: 2)
    pointer.initialize(repeating: -1, count: 2)
    return Ends(value: pointer)
  }()

  /// What poll(2) finds readable when a child has ended.
  static var descriptor: Int32 { ends.value[0] }

  /// Begins to listen; ``end(_:)`` ends that, and gets what this returns.
  static func begin() throws(SystemError) -> sigaction {
    if ends.value[0] < 0 {
      guard pipe(ends.value) == 0 else { throw SystemError("making", "a pipe") }
      for end in 0...1 {
        _ = fcntl(ends.value[end], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.value[end], F_SETFL, O_NONBLOCK)
      }
    }
    var (action, former) = (sigaction(), sigaction())
    action.sa_flags = Int32(SA_RESTART) | Int32(SA_NOCLDSTOP)
    Interruption.setHandler(
      { _ in
        let code = errno
        var byte: UInt8 = 1
        _ = write(ChildSignal.ends.value[1], &byte, 1)
        errno = code
      }, &action)
    sigaction(SIGCHLD, &action, &former)
    return former
  }

  /// Restores the handler that was there before.
  static func end(_ former: sigaction) {
    var former = former
    sigaction(SIGCHLD, &former, nil)
    take()
  }

  /// Takes note of what has come so far.
  static func take() {
    var buffer = [UInt8](repeating: 0, count: 256)
    while read(ends.value[0], &buffer, buffer.count) > 0 {}
  }
}
