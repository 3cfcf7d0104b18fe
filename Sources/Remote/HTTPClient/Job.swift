/// A request that waits for being sent, perhaps again.
struct Job {
  /// Where it stands in the caller's list.
  let index: Int
  /// Where to: a whole URL.
  var url: String
  /// How often it was sent again.
  var retries = 0
  /// How often it was sent elsewhere.
  var redirections = 0
  /// Not before this time, by the monotonic clock.
  var due = 0.0
}

/// What waits, in the order it is to be sent in.
struct JobQueue {
  private var waiting: [Job]
  // Those before it have been taken.
  private var first = 0
  private var later: [Job] = []
  /// Nothing is sent before this time: the service asked for a pause.
  var pausedUntil = 0.0

  init(_ jobs: [Job]) { waiting = jobs }

  var isEmpty: Bool { first == waiting.count && later.isEmpty }

  /// The next one that is due.
  mutating func next(_ now: Double) -> Job? {
    if now < pausedUntil { return nil }
    if let place = later.firstIndex(where: { $0.due <= now }) { return later.remove(at: place) }
    guard first < waiting.count else { return nil }
    defer { first += 1 }
    return waiting[first]
  }

  mutating func again(_ job: Job, due: Double) {
    var job = job
    job.due = due
    later.append(job)
  }

  /// Seconds until something may be due; nil when nothing waits.
  func delay(_ now: Double) -> Double? {
    if isEmpty { return nil }
    let next = first < waiting.count ? 0 : later.map(\.due).min() ?? 0
    return max(0, next - now, pausedUntil - now)
  }
}
