import ByteStrings
import Registry
import WorkProd

/// Sends a plan to a service: what it refuses is reported and passed over, the rest goes on.
struct Sender: ~Copyable {
  let client: ServiceClient
  /// The records that the plan is made for.
  let known: RecordSet
  let machine: MachineID?
  let delegate: any WorkProdDelegate
  private let progress: any SendingProgress
  private var sent = 0
  /// How many projects the service did not take.
  private(set) var refused = 0
  /// Whether another client changed a record between the look at it and the push.
  var isRaced = false

  init(
    _ client: ServiceClient, _ known: RecordSet, _ machine: MachineID?, delegate: any WorkProdDelegate,
    progress: any SendingProgress
  ) {
    self.client = client
    self.known = known
    self.machine = machine
    self.delegate = delegate
    self.progress = progress
  }

  /// Removes, changes and creates, in this order: what is removed may be in the way of the others.
  mutating func send(_ plan: PushPlan) throws {
    try change(
      plan.deletions.map { Change(record: $0, snapshot: nil) }
        + plan.changes.map { Change(record: $0.record, snapshot: $0.snapshot) })
    try create(plan.creations, TakenNames(known, without: plan.deletions))
    progress.finish(sent)
  }

  /// The service as it is now.
  func look() throws -> RecordSet { RecordSet(try client.records(), known.form, hash: known.hash) }

  /// So many more are done, one way or the other.
  mutating func advance(_ count: Int) {
    sent += count
    progress.update(max(0, sent))
  }

  /// One was not taken.
  mutating func refuse(_ title: String, _ reason: String) {
    refused += 1
    delegate.note(.notSent(title: title, reason: reason))
  }
}

extension ProjectSnapshot {
  /// The project's name, safe for a message.
  var title: String { Quoting.visible(project[.name]?.string ?? id.hex) }
}
