import Glibc

/// How many files the process may have open; a connection is one too.
public enum OpenFiles {
  /// Has the system allow as many as it ever will, up to what a server can have use for.
  ///
  /// - Returns: how many that are.
  public static func raiseLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    var raised = limit
    raised.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 4096))
    guard raised.rlim_cur > limit.rlim_cur,
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0
    else { return Int(clamping: limit.rlim_cur) }
    return Int(clamping: raised.rlim_cur)
  }
}

extension ConnectionLimits {
  /// Lets there be no more connections than leave files for the registry and for git.
  public mutating func fit(openFiles: Int) {
    connections = min(connections, max(openFiles / 4, openFiles - 256))
  }
}
