import ByteStrings
import SystemSupport
import Registry

/// A glob, which the whole of a text has to match, in any case.
struct ConditionGlob: Sendable {
  private let pattern: [CChar]

  init(_ text: String) { pattern = Self.text(text) }

  /// Whether a text has any of the characters that make it a glob.
  static func isGlob(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }

  func matches(_ subject: String) -> Bool { Wildcards.match(pattern, Self.text(subject), ignoringCase: true) }

  private static func text(_ text: String) -> [CChar] {
    ByteText.bytes(of: text).map { CChar(bitPattern: $0) } + [0]
  }
}

/// A time as a person writes it: a year, a month, a day, a moment, or a span that counts back from now.
enum ConditionTime {
  /// From the first moment to that behind the last, in milliseconds.
  case interval(Range<Int64>)
  /// Before how many days today was: `today`, `yesterday`.
  case day(Int64)
  /// A span, in milliseconds, that counts back from now.
  case span(Int64)

  /// Whether it says how long ago, and not when.
  var isSpan: Bool { if case .span = self { true } else { false } }

  /// `2026`, `2026-01`, `2026-01-02`, RFC 3339, `today`, `yesterday`, `now`, or a number and `min`, `h`, `d`, `w`, `mo` or `y`.
  init?(_ text: String) {
    let day: Int64 = 86_400_000
    switch text.lowercased() {
    case "today": self = .day(0)
    case "yesterday": self = .day(1)
    case "now": self = .span(0)
    default:
      if let start = Timestamp("\(text)T00:00:00Z") {
        self = .interval(start.milliseconds..<(start.milliseconds + day))
      } else if let moment = Timestamp(text) {
        self = .interval(moment.milliseconds..<(moment.milliseconds + 1))
      } else if let months = Self.months(text) {
        self = .interval(months)
      } else if let span = Self.span(text, day: day) {
        self = .span(span)
      } else {
        return nil
      }
    }
  }

  private static func months(_ text: String) -> Range<Int64>? {
    let parts = text.split(at: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts[0].utf8.count == 4, parts.dropFirst().allSatisfy({ $0.utf8.count == 2 }),
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let year = Int(parts[0])
    else { return nil }
    let month = parts.count == 2 ? Int(parts[1]) ?? 0 : nil
    let next = month == nil || month == 12 ? (year + 1, 1) : (year, (month ?? 0) + 1)
    guard let start = first(year, month ?? 1) else { return nil }
    // Behind the last year that can be written nothing comes.
    return start..<(first(next.0, next.1) ?? Timestamp.latest.milliseconds)
  }

  private static func first(_ year: Int, _ month: Int) -> Int64? {
    CalendarDate(year: year, month: month, day: 1).flatMap { Timestamp("\($0)T00:00:00Z") }?.milliseconds
  }

  private static func span(_ text: String, day: Int64) -> Int64? {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    guard (1...6).contains(digits.count), let number = Int64(String(digits) ?? "") else { return nil }
    switch text.dropFirst(digits.count) {
    case "min": return number * 60_000
    case "h": return number * 3_600_000
    case "d": return number * day
    case "w": return number * 7 * day
    case "mo": return number * 30 * day
    case "y": return number * 365 * day
    default: return nil
    }
  }

  /// Whether a moment is less, more … than this; of a span, whether it is so long ago.
  func holds(_ moment: Int64, _ comparison: Condition.Comparison, now: Int64) -> Bool {
    let interval: Range<Int64>
    switch self {
    case .span(let span):
      let age = now - moment
      switch comparison {
      case .less: return age < span
      case .atMost: return age <= span
      case .more: return age > span
      case .atLeast: return age >= span
      case .matches, .equals, .differs: return false
      }
    case .day(let before):
      let start = (now / 86_400_000 - before) * 86_400_000
      interval = start..<(start + 86_400_000)
    case .interval(let range): interval = range
    }
    switch comparison {
    case .less: return moment < interval.lowerBound
    case .atMost: return moment < interval.upperBound
    case .more: return moment >= interval.upperBound
    case .atLeast: return moment >= interval.lowerBound
    case .matches, .equals: return interval.contains(moment)
    case .differs: return !interval.contains(moment)
    }
  }
}

/// A version, in the order of semver.org: numbers by their value, and what comes before a release before it.
struct ConditionVersion: Comparable {
  private let main: [Part]
  private let early: [Part]?

  private enum Part: Comparable {
    // Numbers go before words, which is the order of the cases.
    case number(Digits)
    case word(String)
  }

  /// A number of any size.
  private struct Digits: Comparable {
    let text: String
    init(_ text: Substring) { self.text = String(text.drop { $0 == "0" }) }
    static func < (left: Digits, right: Digits) -> Bool {
      (left.text.utf8.count, left.text) < (right.text.utf8.count, right.text)
    }
  }

  /// Nil for what does not begin with a number, or `v` and a number.
  init?(_ text: String) {
    var text = Substring(text)
    if text.first == "v" || text.first == "V" { text = text.dropFirst() }
    guard text.utf8.count <= 200, text.utf8.first.map({ (0x30...0x39).contains($0) }) == true else {
      return nil
    }
    // What is behind a plus sign says how it was built, and does not count.
    text = text.prefix(before: "+")
    let dash = text.firstIndex(at: "-")
    var main = Self.parts(text[..<(dash ?? text.endIndex)])
    while main.count > 1, main.last == .number(Digits("0")) { main.removeLast() }
    self.main = main
    early = dash.map { Self.parts(text[text.index(after: $0)...]) }
  }

  private static func parts(_ text: Substring) -> [Part] {
    text.split(at: ".", omittingEmptySubsequences: false).map { part in
      !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? .number(Digits(part)) : .word(String(part))
    }
  }

  static func < (left: ConditionVersion, right: ConditionVersion) -> Bool {
    if left.main != right.main { return left.main.lexicographicallyPrecedes(right.main) }
    switch (left.early, right.early) {
    case (nil, _): return false
    case (_?, nil): return true
    case (let left?, let right?): return left.lexicographicallyPrecedes(right)
    }
  }
}
