import SystemSupport

/// How many files the process may have open; a connection is one too.
public enum OpenFiles {
  /// Has the system allow as many as it ever will, up to what a server can have use for.
  ///
  /// - Returns: how many that are.
  public static func raiseLimit() -> Int {
    ResourceLimit.openFiles.raise(to: 4096) ?? 256
  }
}

extension ConnectionLimits {
  /// Lets there be no more connections than leave files for the registry and for git.
  public mutating func fit(openFiles: Int) {
    connections = min(connections, max(openFiles / 4, openFiles - 256))
  }
}
