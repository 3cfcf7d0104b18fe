import SystemSupport
import Registry

/// A time of a record: whole seconds in UTC, written without a zone.
public struct ServiceTime: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Seconds since 1970-01-01T00:00:00Z.
  public let seconds: Int64

  /// The moment of so many seconds.
  public init(seconds: Int64) { self.seconds = seconds }

  /// The moment that `2026-01-02T03:04:05` names; nil for anything else.
  public init?(_ text: String) {
    guard text.utf8.count == 19, let time = Timestamp(text + "Z") else { return nil }
    seconds = time.milliseconds / 1000
  }

  /// The moment it is now.
  public static var now: ServiceTime { ServiceTime(seconds: Clock.nowMilliseconds / 1000) }

  /// `2026-01-02T03:04:05`.
  public var description: String { String(Timestamp(milliseconds: seconds * 1000).description.prefix(19)) }

  /// The order of time.
  public static func < (left: ServiceTime, right: ServiceTime) -> Bool { left.seconds < right.seconds }
}
