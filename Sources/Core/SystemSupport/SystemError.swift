#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// A failed system call: what was being done, to what, and the system's reason.
public struct SystemError: Error, Equatable, Sendable {
  /// What was being done, as it reads in a sentence: `reading`, `making the directory`.
  public let action: String
  /// What it was done to, shown as it is to be printed.
  public let subject: String
  /// The system's number for the reason.
  public let code: Errno

  /// Captures `errno` at once, before another call can change it.
  public init(_ action: String, _ subject: String, code: Errno = .last) {
    self.action = action
    self.subject = subject
    self.code = code
  }

  /// The system's own words for ``code``.
  public var reason: String { code.description }

  /// Whether the thing was simply not there (`ENOENT`, `ENOTDIR`).
  public var isMissing: Bool { code == .noSuchFileOrDirectory || code == .notDirectory }
}

extension SystemError: CustomStringConvertible {
  /// The action, its subject and the system's reason.
  public var description: String { "\(action) \(subject) failed: \(reason)" }
}

extension Errno {
  /// Why the system call before failed: asked for at once, before another one.
  public static var last: Errno { Errno(rawValue: errno) }
}
