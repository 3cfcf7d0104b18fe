/// What is to be brought from hosts, so many things at a time of each: a host that drops connections gets fewer, one that is
/// not reached is left alone.
public struct HostQueue<Task> {
  /// One thing, and the host that has it.
  public struct Entry {
    /// The thing.
    public let task: Task
    /// The host; empty for this machine.
    public let host: Substring
    /// How often it was tried, this time included.
    public fileprivate(set) var attempt = 1
    fileprivate var earliest = 0.0
  }

  /// How an attempt ended.
  public enum End {
    /// With an answer, whichever.
    case answered
    /// The host ended the connection before anything came.
    case dropped
    /// The host was not reached, or said nothing.
    case unreached
  }

  private var waiting: [Entry] = []
  private var running: [Substring: Int] = [:]
  private var limits: [Substring: Int] = [:]
  private var unreached: [Substring: Int] = [:]
  private let perHost: Int

  /// - Parameter perHost: how many at a time of one host.
  public init(perHost: Int) { self.perHost = max(1, perHost) }

  /// Adds a thing to the end.
  public mutating func add(_ task: Task, host: Substring) { waiting.append(Entry(task: task, host: host)) }

  /// Whether nothing waits.
  public var isEmpty: Bool { waiting.isEmpty }

  /// When the first of those that wait may be begun, where they wait for nothing but time.
  public var nextTime: Double? { waiting.map(\.earliest).min() }

  /// Whether a host is given up.
  public func isGivenUp(_ host: Substring) -> Bool {
    !host.isEmpty && unreached[host, default: 0] >= RetryRule.vainAttempts
  }

  /// The next that may be begun now; nil where each has to wait. ``end(_:_:)`` is called for each.
  public mutating func take(now: Double) -> Entry? {
    func mayBegin(_ entry: Entry) -> Bool {
      entry.earliest <= now && running[entry.host, default: 0] < limits[entry.host, default: perHost]
    }
    // A host that was just not reached is tried again when nothing else is to be done.
    guard
      let place = waiting.firstIndex(where: { unreached[$0.host, default: 0] == 0 && mayBegin($0) })
        ?? waiting.firstIndex(where: mayBegin)
    else { return nil }
    let entry = waiting.remove(at: place)
    running[entry.host, default: 0] += 1
    return entry
  }

  /// What was taken is not begun, and says nothing of its host.
  public mutating func release(_ entry: Entry) { running[entry.host, default: 1] -= 1 }

  /// An attempt has ended.
  ///
  /// - Parameter seconds: the pause before the next one, where there is one.
  /// - Returns: whether it will be tried again.
  public mutating func end(_ entry: Entry, _ end: End, now: Double, pause seconds: Double) -> Bool {
    running[entry.host, default: 1] -= 1
    switch end {
    case .answered: unreached[entry.host] = nil
    case .unreached: unreached[entry.host, default: 0] += 1
    case .dropped:
      guard entry.attempt < RetryRule.attempts else { return false }
      // Those that were dropped together are one sign and not several.
      if waiting.allSatisfy({ $0.host != entry.host || $0.earliest <= now }) {
        limits[entry.host] = max(1, limits[entry.host, default: perHost] / 2)
      }
      var again = entry
      again.attempt += 1
      again.earliest = now + seconds
      waiting.append(again)
      return true
    }
    return false
  }
}
