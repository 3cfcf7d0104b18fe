#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs programs side by side, in one thread.
public enum ChildPool {
  /// Runs programs, at most `limit` at a time, until there are no more.
  ///
  /// When a signal comes that ``Interruption`` watches for, or that would end this process, all that run are ended and fail with
  /// `EINTR`, and no other is started. One that is not watched for then ends this process.
  ///
  /// - Parameters:
  ///   - next: the next program, with what the caller knows it by; nil when there are no more.
  ///   - ended: told of each as it has ended, or could not be started.
  public static func run<Key>(
    atMost limit: Int, next: () -> (key: Key, program: ChildProcess)?,
    ended: (Key, Swift.Result<ChildProcess.Result, SystemError>) -> Void
  ) {
    Interruption.postponed { runAll(atMost: limit, next: next, ended: ended) }
  }

  private static func runAll<Key>(
    atMost limit: Int, next: () -> (key: Key, program: ChildProcess)?,
    ended: (Key, Swift.Result<ChildProcess.Result, SystemError>) -> Void
  ) {
    var running: [(key: Key, process: RunningProcess)] = []
    // A child that closes its stdin early must not end this process by a signal.
    let previous = systemSignal(SIGPIPE, SIG_IGN)
    defer { _ = systemSignal(SIGPIPE, previous) }
    while true {
      while running.count < limit, Interruption.signal == nil, let (key, program) = next() {
        do throws(SystemError) {
          running.append((key, try RunningProcess(program)))
        } catch {
          ended(key, .failure(error))
        }
      }
      if running.isEmpty { return }
      wait(for: running.map(\.process))
      if Interruption.signal != nil { for one in running { one.process.interrupt() } }
      let over = running.filter { $0.process.isOver }
      running.removeAll { $0.process.isOver }
      for (key, process) in over {
        do throws(SystemError) {
          ended(key, .success(try process.finish()))
        } catch {
          ended(key, .failure(error))
        }
      }
    }
  }

  private static func wait(for running: [RunningProcess]) {
    var polled = running.flatMap(\.polled)
    // Once a signal has come its pipe stays readable.
    let bell = Interruption.signal == nil ? Interruption.descriptor : -1
    polled.append(pollfd(fd: bell, events: Int16(POLLIN), revents: 0))
    // Whether one has ended, or been silent for too long, is looked at ten times a second.
    guard poll(&polled, nfds_t(polled.count), 100) >= 0 else { return }
    for (index, process) in running.enumerated() {
      let start = index * RunningProcess.polledCount
      process.take(polled[start..<(start + RunningProcess.polledCount)])
    }
  }
}
