#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
public import SystemPackage

/// Where `DEV_INFRA_TRACE` leads, by the rules of git's `GIT_TRACE`: see git(1).
public enum TraceTarget: Equatable, Sendable {
  /// Nowhere: there is no value, or it is empty, `0` or `false`.
  case off
  /// To this descriptor: `1`, `2` and `true` are stderr, `3` to `9` are what the caller has opened.
  case descriptor(Int32)
  /// To the end of this file: an absolute path.
  case file(FilePath)
  /// The value means none of these.
  case unknown

  /// Reads the variable's value.
  public init(_ value: String?) {
    switch value?.lowercased() {
    case nil, "", "0", "false": self = .off
    case "1", "2", "true": self = .descriptor(2)
    case let digit? where digit.utf8.count == 1 && ("3"..."9").contains(digit):
      self = Int32(digit).map { .descriptor($0) } ?? .unknown
    default:
      guard let value, value.begins(with: "/") else {
        self = .unknown
        return
      }
      self = .file(FilePath(text: value))
    }
  }

  /// The descriptor that lines go to, under a number that no file which is opened later can get.
  ///
  /// - Returns: nil for ``off`` and ``unknown``.
  /// - Throws: ``SystemError`` where the descriptor is not open for writing, or the file cannot be opened.
  public func open() throws(SystemError) -> Int32? {
    switch self {
    case .off, .unknown: return nil
    case .descriptor(let number):
      let flags = fcntl(number, F_GETFL)
      guard flags >= 0 else { throw SystemError("writing to", "descriptor \(number)") }
      guard flags & O_ACCMODE != O_RDONLY else {
        throw SystemError("writing to", "descriptor \(number)", code: .badFileDescriptor)
      }
      let own = fcntl(number, F_DUPFD_CLOEXEC, 100)
      guard own >= 0 else { throw SystemError("writing to", "descriptor \(number)") }
      return own
    case .file(let path):
      // A pipe that nobody reads is refused at once.
      let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
      let descriptor = path.withPlatformString { systemOpen($0, flags, 0o600) }
      guard descriptor >= 0 else { throw SystemError("opening", path.visible) }
      return descriptor
    }
  }
}
