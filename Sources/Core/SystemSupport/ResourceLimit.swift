#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system lets this process, and what it starts, have of something (setrlimit(2)).
public enum ResourceLimit {
  /// Files that are open.
  case openFiles
  /// Bytes of memory of its own.
  case memory
  /// Seconds of a processor.
  case processorTime
  /// Bytes that a file which is written may have.
  case fileSize

  #if canImport(Glibc)
    private typealias Resource = __rlimit_resource_t
  #else
    private typealias Resource = Int32
  #endif

  private var resource: Resource {
    #if canImport(Glibc)
      switch self {
      case .openFiles: Resource(RLIMIT_NOFILE.rawValue)
      case .memory: Resource(RLIMIT_DATA.rawValue)
      case .processorTime: Resource(RLIMIT_CPU.rawValue)
      case .fileSize: Resource(RLIMIT_FSIZE.rawValue)
      }
    #else
      switch self {
      case .openFiles: RLIMIT_NOFILE
      case .memory: RLIMIT_DATA
      case .processorTime: RLIMIT_CPU
      case .fileSize: RLIMIT_FSIZE
      }
    #endif
  }

  /// What it is now, `Int.max` without one; nil where the system does not say.
  public var current: Int? {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
  }

  /// Raises it to the most that is allowed, but not above `wanted`.
  ///
  /// - Returns: what it is now; nil where the system does not say.
  @discardableResult
  public func raise(to wanted: Int = .max) -> Int? {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return nil }
    var raised = limit
    raised.rlim_cur =
      wanted == .max ? limit.rlim_max : min(limit.rlim_max, max(limit.rlim_cur, rlim_t(wanted)))
    guard raised.rlim_cur > limit.rlim_cur, setrlimit(resource, &raised) == 0 else {
      return Int(clamping: limit.rlim_cur)
    }
    return Int(clamping: raised.rlim_cur)
  }
}
