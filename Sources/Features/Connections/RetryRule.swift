import SystemSupport

/// How repositories are connected to side by side: how often a connection that was dropped is made again, after which pause,
/// and in which order, for all commands that connect to hosts of the user's projects.
public enum RetryRule {
  /// How often a connection is made that is dropped.
  public static let attempts = 5
  /// After so many repositories of a host that is not reached its others are not tried.
  public static let vainAttempts = 2

  /// Seconds to wait: half a second, doubled each time, and up to as much again by chance, so that those who were dropped
  /// together do not come back together.
  public static func pause(before attempt: Int) -> Double {
    0.5 * Double(1 << (attempt - 1)) * Double.random(in: 1...2)
  }

  /// One of each host in turn, so that a slow one does not keep all the others waiting.
  public static func mixed<Task>(_ tasks: [Task], by host: (Task) -> Substring) -> [Task] {
    var counts: [Substring: Int] = [:]
    let turns = tasks.map { task in
      counts[host(task), default: 0] += 1
      return counts[host(task)] ?? 0
    }
    return tasks.indices.sorted { (turns[$0], $0) < (turns[$1], $1) }.map { tasks[$0] }
  }
}
