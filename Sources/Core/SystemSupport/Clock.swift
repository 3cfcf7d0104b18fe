#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's clocks.
public enum Clock {
  /// Milliseconds since 1970-01-01T00:00:00Z by the wall clock, which may jump.
  ///
  /// `DEV_INFRA_TEST_CLOCK_OFFSET` shifts it by whole seconds, so that tests can have a wrong clock.
  public static var nowMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let offset = Environment["DEV_INFRA_TEST_CLOCK_OFFSET"].flatMap { Int64($0) } ?? 0
    return (Int64(time.tv_sec) &+ offset) &* 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// The local time of day to the microsecond, as `12:03:04.567890`.
  public static var timeOfDay: String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var local = tm()
    localtime_r(&time.tv_sec, &local)
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return [local.tm_hour, local.tm_min, local.tm_sec].map { padded(Int($0), 2) }.joined(separator: ":")
      + ".\(padded(time.tv_nsec / 1000, 6))"
  }

  /// Waits for so many seconds.
  public static func pause(_ seconds: Double) {
    var wanted = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
    var left = timespec()
    while nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
  }

  /// Seconds of a processor that this thread has taken.
  public static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Seconds by a clock that only moves forward, from an arbitrary start.
  public static var monotonicSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
