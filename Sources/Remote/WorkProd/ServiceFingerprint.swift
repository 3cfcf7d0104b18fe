public import Registry

/// Whether a service is the one that was seen before, as its records tell: a number is never used again, and when a record
/// was made never changes.
public struct ServiceFingerprint: Equatable, Sendable {
  /// Records that were there before.
  public private(set) var kept = 0
  /// Records that have the number of another one that was there before.
  public private(set) var exchanged = 0
  /// Records with a number that had been passed already, and that were not there before.
  public private(set) var strange = 0
  /// How many there were before.
  public let known: Int

  /// Compares records with those of an earlier look.
  public init(
    _ records: [ServiceRecord], _ form: ServiceFlavor, _ known: [Int: LastSeenState.Remembered],
    hash: BlobHash
  ) {
    self.known = known.count
    let passed = known.keys.max() ?? 0
    let projects = Set(known.values.map(\.project))
    for record in records where record.number <= passed {
      let reading = record.reading(form, hash: hash)
      guard let before = known[record.number] else {
        // Of several records of one project only one is remembered.
        if !projects.contains(reading.snapshot.id) { strange += 1 }
        continue
      }
      if !Self.isSameSecond(before.createdAt, record.createdAt) {
        exchanged += 1
      } else if !reading.isOurs || reading.snapshot.id == before.project {
        kept += 1
      }
    }
  }

  /// Whether a service at another address is certainly the one that was seen before, so that what it lacks was removed.
  ///
  /// Two that were filled by the same pushes may have many records alike, but hardly all of them.
  public var isSameService: Bool { exchanged == 0 && strange == 0 && kept > 0 && kept * 2 >= known }

  /// Whether what answers at the same address is certainly another one, or one whose numbers began anew: what it lacks
  /// was not removed, it never had it.
  public var isAnotherService: Bool { exchanged > 0 && kept == 0 }

  /// A service may later write a zone or a fraction.
  private static func isSameSecond(_ left: String, _ right: String) -> Bool {
    ServiceRecord.time(left).milliseconds / 1000 == ServiceRecord.time(right).milliseconds / 1000
  }
}
