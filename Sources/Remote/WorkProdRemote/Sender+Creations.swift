import ByteStrings
import Registry
import WorkProd

extension Sender {
  /// Records of one import: few enough to be made within any server's time for a request.
  private static let importCount = 250
  /// Bytes of one import.
  private static let importSize = 512 << 10

  /// Creates records: many at a time, and one by one those that an import may pass over.
  mutating func create(_ snapshots: [ProjectSnapshot], _ taken: consuming TakenNames) throws {
    var taken = taken
    var single: [ProjectSnapshot] = []
    var batch: [(snapshot: ProjectSnapshot, body: [UInt8])] = []
    var size = 0
    var isComplete = true
    for snapshot in snapshots {
      // An import passes over what has the remote URL of another record, and does not say which.
      guard known.form == .full || taken.takeURL(of: snapshot) else {
        single.append(snapshot)
        continue
      }
      let body = body(snapshot, &taken)
      if batch.count >= Self.importCount || (size + body.count > Self.importSize && !batch.isEmpty) {
        isComplete = try importBatch(batch, &single) && isComplete
        batch = []
        size = 0
      }
      batch.append((snapshot, body))
      size += body.count
    }
    isComplete = try importBatch(batch, &single) && isComplete
    // Whatever was passed over is looked up before it is created by itself, so that nothing is created twice.
    if !isComplete {
      let there = try look().holdings
      let isSingle = Set(single.map(\.id))
      let missing = snapshots.filter { there[$0.id] == nil }
      // Another machine was faster, and its words have not been merged yet.
      let foreign = snapshots.contains { snapshot in there[snapshot.id].map { $0.stated != snapshot } ?? false
      }
      if foreign { isRaced = true }
      advance(-missing.count { !isSingle.contains($0.id) })
      single = missing
    }
    try post(single, &taken)
  }

  /// - Returns: whether the service has made them all; those of a body that it does not take are added to `single`.
  private mutating func importBatch(
    _ batch: [(snapshot: ProjectSnapshot, body: [UInt8])], _ single: inout [ProjectSnapshot]
  ) throws -> Bool {
    guard !batch.isEmpty else { return true }
    guard let made = try client.importRecords(batch.map(\.body)) else {
      single += batch.map(\.snapshot)
      return true
    }
    advance(batch.count)
    return made == batch.count
  }

  private mutating func post(_ snapshots: [ProjectSnapshot], _ taken: inout TakenNames) throws {
    var withoutPath: [ProjectSnapshot] = []
    for isLast in [false, true] {
      let list = isLast ? withoutPath : snapshots
      for start in stride(from: 0, to: list.count, by: 64) {
        let part = Array(list[start..<min(start + 64, list.count)])
        var calls: [ServiceClient.Call] = []
        for snapshot in part {
          let body =
            isLast
            ? Array(snapshot.creation(known.form, path: nil, hash: known.hash).compact.utf8)
            : body(snapshot, &taken)
          calls.append(ServiceClient.Call(method: "POST", body: body))
        }
        var refusals: [(String, String)] = []
        var conflicts: [ProjectSnapshot] = []
        var isLate = false
        var corrections: [Correction] = []
        try client.make(calls) { index, outcome, answer in
          switch outcome {
          case .done: corrections += correction(part[index], nil, calls[index], answer)
          case .conflict(let reason) where !isLast && reason.holds(text: "path"):
            conflicts.append(part[index])
          case .conflict: isLate = true
          case .missing, .outdated: refusals.append((part[index].title, "the service has no such call"))
          case .refused(let reason): refusals.append((part[index].title, reason))
          }
        }
        try correct(corrections)
        if isLate { isRaced = true }
        for (title, reason) in refusals { refuse(title, reason) }
        advance(part.count - conflicts.count)
        for snapshot in conflicts {
          warnOfPath(snapshot)
          withoutPath.append(snapshot)
        }
      }
    }
  }

  /// The body that creates a project's record, with its path unless another record has that.
  private func body(_ snapshot: ProjectSnapshot, _ taken: inout TakenNames) -> [UInt8] {
    var path = snapshot.path(on: machine)
    if let wanted = path, !taken.takePath(wanted, by: snapshot.id) {
      warnOfPath(snapshot)
      path = nil
    }
    return Array(snapshot.creation(known.form, path: path, hash: known.hash).compact.utf8)
  }

  private func warnOfPath(_ snapshot: ProjectSnapshot) {
    delegate.note(.sentWithoutPath(title: snapshot.title, path: snapshot.path(on: machine) ?? ""))
  }
}
