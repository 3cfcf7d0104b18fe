#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a program does while it says nothing.
struct SilentWork {
  /// What it was doing when it was last looked at.
  enum Verdict {
    /// It has not been looked at twice.
    case unknown
    /// It, or what it has started, has used the processor, or waits for a disk.
    case working
    /// It waits for something else.
    case atRest
  }

  private var start = Clock.monotonicSeconds
  private var lookedAt: Double?
  private var processorSeconds = 0.0
  private var verdict = Verdict.unknown

  /// Looks at the program and those below it, once a second at most.
  ///
  /// - Parameter silence: seconds that it may be silent at rest; after sixty times as many it does not matter what it does.
  mutating func look(below process: pid_t, silence: Double) -> Verdict {
    let now = Clock.monotonicSeconds
    if now - start >= 60 * silence { return .atRest }
    if let lookedAt, now - lookedAt < min(1, silence / 4) { return verdict }
    let facts = ProcessFacts.work(below: process)
    if lookedAt != nil || facts.waitsForDisk {
      // A process that polls takes less; one that computes gets more, even on a busy computer.
      let computes = facts.processorSeconds - processorSeconds >= 0.02
      verdict = facts.waitsForDisk || computes ? .working : .atRest
    }
    (lookedAt, processorSeconds) = (now, facts.processorSeconds)
    return verdict
  }
}
