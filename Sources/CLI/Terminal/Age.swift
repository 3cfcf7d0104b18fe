public import Registry

/// How long ago something was, as git says it in `--date=relative`.
public enum Age {
  /// `3 days ago`, for so many seconds; a time in the future comes from a wrong clock, and counts as now.
  public static func text(seconds: Int64) -> String {
    let seconds = max(0, seconds)
    func ago(_ number: Int64, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s") ago" }
    let days = (seconds + 43_200) / 86_400
    switch seconds {
    case ..<90: return ago(seconds, "second")
    case ..<5400: return ago((seconds + 30) / 60, "minute")
    case ..<129_600: return ago((seconds + 1800) / 3600, "hour")
    default: break
    }
    switch days {
    case ..<14: return ago(days, "day")
    case ..<70: return ago((days + 3) / 7, "week")
    case ..<730: return ago((days + 15) / 30, "month")
    default: return ago((days + 183) / 365, "year")
    }
  }
}

extension Timestamp {
  /// How long before `now` it was, in words.
  public func age(at now: Timestamp) -> String { Age.text(seconds: (now.milliseconds - milliseconds) / 1000) }
}
