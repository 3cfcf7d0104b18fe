public import Glibc

/// A failed system call: what was being done, to what, and the system's reason.
public struct SystemError: Error, Sendable {
  /// What was being done, as it reads in a sentence: `reading`, `making the directory`.
  public let action: String
  /// What it was done to, shown as it is to be printed.
  public let subject: String
  /// The `errno` of the failure.
  public let code: Int32

  /// Captures `errno` at once, before another call can change it.
  public init(_ action: String, _ subject: String, code: Int32 = errno) {
    self.action = action
    self.subject = subject
    self.code = code
  }

  /// The system's own words for ``code``.
  public var reason: String { String(cString: strerror(code)) }

  /// Whether the thing was simply not there (`ENOENT`, `ENOTDIR`).
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}

extension SystemError: CustomStringConvertible {
  /// The action, its subject and the system's reason.
  public var description: String { "\(action) \(subject) failed: \(reason)" }
}
