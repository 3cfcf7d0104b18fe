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
  /// Whether what was to be read is a named pipe, a device or a socket, which is not opened.
  private let isNotAFile: Bool

  /// Captures `errno` at once, before another call can change it.
  public init(_ action: String, _ subject: String, code: Errno = .last) {
    self.action = action
    self.subject = subject
    self.code = code
    isNotAFile = false
  }

  /// Says that something that was to be read is not a regular file.
  init(reading subject: String, isNotAFile code: Errno) {
    action = "reading"
    self.subject = subject
    self.code = code
    isNotAFile = true
  }

  /// The system's own words for ``code``; ours where nothing was asked of the system.
  public var reason: String { isNotAFile ? "it is not a regular file" : code.description }

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
