import Registry
import WorkProd

extension Sender {
  /// Records of one import: few enough to be made within any server's time for a request.
  private static let importCount = 250
  /// Bytes of one import.
  private static let importSize = 512 << 10

  /// Creates records: many at a time, and one by one those that an import may pass over.
  mutating func create(_ dossiers: [ProjectSnapshot], _ taken: consuming TakenNames) throws {
    var taken = taken
    var single: [ProjectSnapshot] = []
    var batch: [(dossier: ProjectSnapshot, body: [UInt8])] = []
    var size = 0
    var isComplete = true
    for dossier in dossiers {
      // An import passes over what has the remote URL of another record, and does not say which.
      guard known.form == .full || taken.takeURL(of: dossier) else {
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
      let there = try look().holdings
      let isSingle = Set(single.map(\.id))
      let missing = dossiers.filter { there[$0.id] == nil }
      // Another machine was faster, and its words have not been merged yet.
      let foreign = dossiers.contains { dossier in there[dossier.id].map { $0.stated != dossier } ?? false }
      if foreign { isRaced = true }
      advance(-missing.count { !isSingle.contains($0.id) })
      single = missing
    }
    try post(single, &taken)
  }

  /// - Returns: whether the service has made them all; those of a body that it does not take are added to `single`.
  private mutating func importBatch(
    _ batch: [(dossier: ProjectSnapshot, body: [UInt8])], _ single: inout [ProjectSnapshot]
  ) throws -> Bool {
    guard !batch.isEmpty else { return true }
    guard let made = try client.importRecords(batch.map(\.body)) else {
      single += batch.map(\.dossier)
      return true
    }
    advance(batch.count)
    return made == batch.count
  }

  private mutating func post(_ dossiers: [ProjectSnapshot], _ taken: inout TakenNames) throws {
    var withoutPath: [ProjectSnapshot] = []
    for isLast in [false, true] {
      let list = isLast ? withoutPath : dossiers
      for start in stride(from: 0, to: list.count, by: 64) {
        let part = Array(list[start..<min(start + 64, list.count)])
        var calls: [ServiceClient.Call] = []
        for dossier in part {
          let body =
            isLast ? Array(dossier.creation(known.form, path: nil).compact.utf8) : body(dossier, &taken)
          calls.append(ServiceClient.Call(method: "POST", body: body))
        }
        var refusals: [(String, String)] = []
        var conflicts: [ProjectSnapshot] = []
        var isLate = false
        var corrections: [Correction] = []
        try client.make(calls) { index, outcome, answer in
          switch outcome {
          case .done: corrections += correction(part[index], nil, calls[index], answer)
          case .conflict(let reason) where !isLast && reason.contains("path"): conflicts.append(part[index])
          case .conflict: isLate = true
          case .missing, .outdated: refusals.append((part[index].title, "the service has no such call"))
          case .refused(let reason): refusals.append((part[index].title, reason))
          }
        }
        try correct(corrections)
        if isLate { isRaced = true }
        for (title, reason) in refusals { refuse(title, reason) }
        advance(part.count - conflicts.count)
        for dossier in conflicts {
          warnOfPath(dossier)
          withoutPath.append(dossier)
        }
      }
    }
  }

  /// The body that creates a project's record, with its path unless another record has that.
  private func body(_ dossier: ProjectSnapshot, _ taken: inout TakenNames) -> [UInt8] {
    var path = dossier.path(on: machine)
    if let wanted = path, !taken.takePath(wanted, by: dossier.id) {
      warnOfPath(dossier)
      path = nil
    }
    return Array(dossier.creation(known.form, path: path).compact.utf8)
  }

  private func warnOfPath(_ dossier: ProjectSnapshot) {
    delegate.note(.sentWithoutPath(title: dossier.title, path: dossier.path(on: machine) ?? ""))
  }
}
