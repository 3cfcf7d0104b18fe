import Registry

/// Times for people: in words, with the exact one beside.
struct Moment {
  /// The time of the page.
  let now: Timestamp

  /// `3 days ago`, with the time in UTC where a pointer rests on it, and for programs.
  func callAsFunction(_ time: Timestamp) -> HTML {
    let text = time.description
    let exact = "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
    return "<time datetime=\"\(text)\" title=\"\(exact)\">\(words(time))</time>"
  }

  /// As above; `never` or another word where there is no time.
  func callAsFunction(_ time: Timestamp?, or word: String) -> HTML {
    time.map { self($0) } ?? "<span class=\"quiet\">\(word)</span>"
  }

  /// `3 days ago`.
  func words(_ time: Timestamp) -> String {
    let seconds = (now.milliseconds - time.milliseconds) / 1000
    guard seconds > -60 else { return "in the future" }
    return Self.span(seconds).map { "\($0) ago" } ?? "just now"
  }

  /// How long ago, in one unit and as few letters as a cell of a table has room for: `3 d`.
  func short(_ time: Timestamp) -> String {
    let seconds = max(0, (now.milliseconds - time.milliseconds) / 1000)
    for (unit, size) in [("y", year), ("mo", month), ("d", 86_400), ("h", 3600), ("min", 60)]
      as [(String, Int64)]
    where seconds >= size {
      return "\(seconds / size)\u{A0}\(unit)"
    }
    return "now"
  }

  private static func span(_ seconds: Int64) -> String? {
    let units: [(String, Int64)] = [
      ("year", year), ("month", month), ("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60),
    ]
    for (unit, size) in units where seconds >= size {
      // `13 days` says more than `1 week`.
      if unit == "week", seconds < 2 * size { continue }
      let number = seconds / size
      return "\(number) \(unit)\(number == 1 ? "" : "s")"
    }
    return nil
  }
}

private let year: Int64 = 31_556_952
private let month: Int64 = 2_629_746
