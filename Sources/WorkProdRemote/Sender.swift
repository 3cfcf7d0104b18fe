import Console
import Records
import Registry
import WorkProd

/// Sends a plan to a service: what it refuses is said and passed over, the rest goes on.
struct Sender: ~Copyable {
  private let client: ServiceClient
  private let form: RecordForm
  private let machine: MachineID?
  private var progress: Progress
  private var sent = 0
  /// How many projects the service did not take.
  private(set) var refused = 0

  /// Records of one import: few enough to be made within any server's time for a request.
  private static let importCount = 250
  /// Bytes of one import.
  private static let importSize = 512 << 10

  init(_ client: ServiceClient, _ form: RecordForm, _ machine: MachineID?, progress: consuming Progress) {
    self.client = client
    self.form = form
    self.machine = machine
    self.progress = progress
  }

  /// Removes, changes and creates, in this order: what is removed may be in the way of the others.
  ///
  /// - Parameters:
  ///   - taken: paths and remote URLs of records that are there.
  ///   - again: looks at the service once more, and says what is still to be created.
  mutating func send(
    _ plan: PushPlan, taken: consuming TakenNames, again: () throws -> [Dossier]
  ) throws {
    try change(
      plan.deletions.map { (ServiceClient.Call(method: "DELETE", number: $0.number), $0.title, true) })
    try change(
      plan.changes.map { record, dossier in
        let body = Array(dossier.change(of: record, form).compact.utf8)
        return (ServiceClient.Call(method: "PATCH", number: record.number, body: body), dossier.title, false)
      })
    try create(plan.creations, &taken, again: again)
    progress.finish(sent)
  }

  private mutating func change(_ calls: [(call: ServiceClient.Call, title: String, removes: Bool)]) throws {
    // The closure must not capture what is noncopyable.
    var refusals: [(String, String)] = []
    for start in stride(from: 0, to: calls.count, by: 64) {
      let part = Array(calls[start..<min(start + 64, calls.count)])
      try client.make(part.map(\.call)) { index, outcome in
        switch outcome {
        case .done: break
        case .missing where part[index].removes: break
        case .missing:
          refusals.append((part[index].title, "another client has just removed its record; push again"))
        case .conflict(let reason), .refused(let reason): refusals.append((part[index].title, reason))
        }
      }
      advance(part.count)
      for (title, reason) in refusals { refuse(title, reason) }
      refusals = []
    }
  }

  private mutating func create(
    _ dossiers: [Dossier], _ taken: inout TakenNames, again: () throws -> [Dossier]
  ) throws {
    var single: [Dossier] = []
    var batch: [(dossier: Dossier, body: [UInt8])] = []
    var size = 0
    var isComplete = true
    for dossier in dossiers {
      // An import passes over what has the remote URL of another record, and does not say which.
      guard taken.takeURL(of: dossier) else {
        single.append(dossier)
        continue
      }
      let body = body(dossier, &taken)
      if batch.count >= Self.importCount || (size + body.count > Self.importSize && !batch.isEmpty) {
        isComplete = try importBatch(batch, &single) && isComplete
        batch = []
        size = 0
      }
      batch.append((dossier, body))
      size += body.count
    }
    isComplete = try importBatch(batch, &single) && isComplete
    // Whatever was passed over is looked up before it is created by itself, so that nothing is created twice.
    if !isComplete {
      let missing = try again()
      single = missing
      sent = max(0, sent - missing.count)
    }
    try post(single, &taken)
  }

  /// - Returns: whether the service has made them all; those it does not take in one go are added to `single`.
  private mutating func importBatch(
    _ batch: [(dossier: Dossier, body: [UInt8])], _ single: inout [Dossier]
  ) throws -> Bool {
    guard !batch.isEmpty else { return true }
    guard let made = try client.importRecords(batch.map(\.body)) else {
      single += batch.map(\.dossier)
      return true
    }
    advance(batch.count)
    return made == batch.count
  }

  private mutating func post(_ dossiers: [Dossier], _ taken: inout TakenNames) throws {
    var withoutPath: [Dossier] = []
    for isLast in [false, true] {
      let list = isLast ? withoutPath : dossiers
      for start in stride(from: 0, to: list.count, by: 64) {
        let part = Array(list[start..<min(start + 64, list.count)])
        var calls: [ServiceClient.Call] = []
        for dossier in part {
          let body = isLast ? Array(dossier.creation(form, path: nil).compact.utf8) : body(dossier, &taken)
          calls.append(ServiceClient.Call(method: "POST", body: body))
        }
        var refusals: [(String, String)] = []
        var conflicts: [Dossier] = []
        try client.make(calls) { index, outcome in
          switch outcome {
          case .done: break
          case .conflict where !isLast: conflicts.append(part[index])
          case .missing: refusals.append((part[index].title, "404"))
          case .conflict(let reason), .refused(let reason): refusals.append((part[index].title, reason))
          }
        }
        advance(part.count - conflicts.count)
        for (title, reason) in refusals { refuse(title, reason) }
        for dossier in conflicts {
          warnOfPath(dossier)
          withoutPath.append(dossier)
        }
      }
    }
  }

  /// The body that creates a project's record, with its path unless another record has that.
  private func body(_ dossier: Dossier, _ taken: inout TakenNames) -> [UInt8] {
    var path = dossier.path(on: machine)
    if let wanted = path, !taken.takePath(wanted, by: dossier.id) {
      warnOfPath(dossier)
      path = nil
    }
    return Array(dossier.creation(form, path: path).compact.utf8)
  }

  private func warnOfPath(_ dossier: Dossier) {
    let path = Quoting.visible(dossier.path(on: machine) ?? "")
    Messages.warning(
      "'\(dossier.title)' is sent without its path '\(path)', which the service has for another project")
  }

  private mutating func advance(_ count: Int) {
    sent += count
    progress.update(sent)
  }

  private mutating func refuse(_ title: String, _ reason: String) {
    refused += 1
    sent -= 1
    Messages.error("'\(Quoting.visible(title))' was not sent: \(reason)")
  }
}

extension Dossier {
  /// The project's name, safe for a message.
  fileprivate var title: String { Quoting.visible(project["name"]?.string ?? id.hex) }
}
