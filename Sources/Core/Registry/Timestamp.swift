/// A moment in milliseconds, written as RFC 3339 in UTC: `2026-01-02T03:04:05.678Z`.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z, within the years 0 to 9999, which is what RFC 3339 can write.
  public let milliseconds: Int64

  /// The last moment that RFC 3339 can write, 9999-12-31T23:59:59.999Z.
  public static let latest = Timestamp(milliseconds: .max)

  private static let bounds: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// The moment; one beyond the years 0 to 9999 becomes the nearest within.
  public init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, Self.bounds.lowerBound), Self.bounds.upperBound)
  }

  /// The moment that `text` names: RFC 3339 with any zone and any fraction, which is cut to milliseconds.
  /// A leap second counts as the second behind it. Nil for anything else.
  public init?(_ text: some StringProtocol) {
    var digits = DigitReader(text.utf8)
    guard text.utf8.count <= 80, let year = digits.number(4), digits.skip("-"), let month = digits.number(2),
      digits.skip("-"), let day = digits.number(2),
      let date = CalendarDate(year: year, month: month, day: day),
      digits.skip("Tt "), let hour = digits.number(2), hour < 24, digits.skip(":"),
      let minute = digits.number(2), minute < 60, digits.skip(":"), let second = digits.number(2),
      second <= 60
    else { return nil }
    var fraction = 0
    if digits.skip(".") {
      guard let milliseconds = digits.milliseconds() else { return nil }
      fraction = milliseconds
    }
    var offset = 0
    switch digits.next(of: "Zz+-") {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
    case let sign?:
      guard let hours = digits.number(2), hours < 24, digits.skip(":"), let minutes = digits.number(2),
        minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
    case nil: return nil
    }
    guard digits.isAtEnd else { return nil }
    let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset
    let milliseconds = Int64(seconds) * 1000 + Int64(fraction)
    guard Self.bounds.contains(milliseconds) else { return nil }
    self.milliseconds = milliseconds
  }

  /// The time for a write to an entry that says `previous`: now, or a millisecond past that where this machine's
  /// clock is not beyond it. So an edit made after seeing another always counts as later.
  ///
  /// One that is more than a day ahead is not a time to follow: a clock that was wrong once would count as the latest for
  /// ever. The next write has this machine's time again.
  public static func following(_ previous: Timestamp?, now: Timestamp) -> Timestamp {
    guard let previous, now <= previous, !previous.isFarFuture(now: now) else { return now }
    return Timestamp(milliseconds: previous.milliseconds + 1)
  }

  /// Whether this was written later than `other`, as far as the two can be believed.
  ///
  /// One that is more than a day ahead of `now` says nothing, and counts as earlier than any that is not.
  public func isLater(than other: Timestamp, now: Timestamp) -> Bool {
    let (isFar, otherIsFar) = (isFarFuture(now: now), other.isFarFuture(now: now))
    return isFar == otherIsFar ? self > other : otherIsFar
  }

  /// Whether this is more than a day ahead of `now`: a clock somewhere is wrong.
  public func isFarFuture(now: Timestamp) -> Bool { milliseconds - now.milliseconds > 86_400_000 }

  var daysSinceEpoch: Int {
    Int((milliseconds - (milliseconds % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000)
  }

  /// `2026-01-02T03:04:05.678Z`.
  public var description: String {
    let ofDay = Int(milliseconds) - daysSinceEpoch * 86_400_000
    return DigitWriter.text(length: 24) { digits in
      digits.write(CalendarDate(self))
      digits.write("T")
      digits.write(ofDay / 3_600_000, digits: 2)
      digits.write(":")
      digits.write(ofDay / 60_000 % 60, digits: 2)
      digits.write(":")
      digits.write(ofDay / 1000 % 60, digits: 2)
      digits.write(".")
      digits.write(ofDay % 1000, digits: 3)
      digits.write("Z")
    }
  }

  /// The order of time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}
