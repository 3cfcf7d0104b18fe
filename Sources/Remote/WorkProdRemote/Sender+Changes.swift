import ByteStrings
import Registry
import WorkProd

/// A record that is to say something else, or to be no more.
struct Change {
  /// The record as it was looked at.
  var record: ServiceRecord
  /// What it is to say; nil removes it.
  let snapshot: ProjectSnapshot?

  func call(_ form: ServiceFlavor, hash: BlobHash) -> ServiceClient.Call {
    ServiceClient.Call(
      method: snapshot == nil ? "DELETE" : "PATCH", number: record.number, tag: record.tag,
      body: snapshot.map { Array($0.change(of: record, form, hash: hash).compact.utf8) })
  }

  var title: String { snapshot?.title ?? Quoting.visible(record.title) }
}

extension Sender {
  /// Changes and removes records, unless another client has changed them since the look at them.
  mutating func change(_ changes: [Change]) throws {
    var outdated = try attempt(changes)
    // With us alone there is no second time: what is left are records that show something of what was just sent, such
    // as a machine's new name.
    for _ in 0..<3 where !outdated.isEmpty { outdated = try attempt(renewed(outdated)) }
    if !outdated.isEmpty { isRaced = true }
  }

  /// - Returns: those that were not done because the record is not what it was.
  private mutating func attempt(_ changes: [Change]) throws -> [Change] {
    var outdated: [Change] = []
    for start in stride(from: 0, to: changes.count, by: 64) {
      let part = Array(changes[start..<min(start + 64, changes.count)])
      var refusals: [(String, String)] = []
      var late: [Change] = []
      var hasVanished = false
      var corrections: [Correction] = []
      let calls = part.map { $0.call(known.form, hash: known.hash) }
      try client.make(calls) { index, outcome, answer in
        switch outcome {
        case .done:
          if let snapshot = part[index].snapshot {
            corrections += correction(snapshot, part[index].record, calls[index], answer)
          }
        case .missing: if part[index].snapshot != nil { hasVanished = true }
        case .outdated: late.append(part[index])
        case .conflict(let reason), .refused(let reason): refusals.append((part[index].title, reason))
        }
      }
      if hasVanished { isRaced = true }
      for (title, reason) in refusals { refuse(title, reason) }
      try correct(corrections)
      advance(part.count - late.count)
      outdated += late
    }
    return outdated
  }

  /// What a record's block has to say besides, because the service shows a field otherwise than it was sent.
  struct Correction {
    let number: Int
    let body: JSON
  }

  /// What has to be sent after a call that was done; at most one.
  ///
  /// - Parameter record: the record as it was before; nil for a new one.
  func correction(
    _ snapshot: ProjectSnapshot, _ record: ServiceRecord?, _ call: ServiceClient.Call, _ answer: [UInt8]
  ) -> [Correction] {
    guard known.form == .plain, let body = call.body.flatMap({ try? JSON.parse($0) }),
      let answered = (try? JSON.parse(answer, maximumDepth: ServiceRecord.maximumDepth)).flatMap({
        ServiceRecord(json: $0)
      }),
      record.map({ $0.number == answered.number }) ?? true,
      let correction = snapshot.correction(of: body, for: record, answered, hash: known.hash)
    else { return [] }
    return [Correction(number: answered.number, body: correction)]
  }

  /// Sends corrections. One that does not get through leaves a record whose fields count as another client's edit.
  func correct(_ corrections: [Correction]) throws {
    guard !corrections.isEmpty else { return }
    try client.make(
      corrections.map {
        ServiceClient.Call(method: "PATCH", number: $0.number, body: Array($0.body.compact.utf8))
      }
    ) { _, _, _ in }
  }

  /// The same changes to the records as they are now; those to records that another client changed are left out.
  private mutating func renewed(_ changes: [Change]) throws -> [Change] {
    let now = try look()
    var records: [Int: (ServiceRecord, ProjectSnapshot)] = [:]
    for holding in now.holdings.values { records[holding.record.number] = (holding.record, holding.stated) }
    var before: [Int: ProjectSnapshot] = [:]
    for holding in known.holdings.values { before[holding.record.number] = holding.stated }
    var result: [Change] = []
    for var change in changes {
      guard let (record, stated) = records[change.record.number], let former = before[record.number],
        stated.project == former.project, stated.checkouts == former.checkouts
      else {
        isRaced = true
        continue
      }
      if stated == change.snapshot {
        advance(1)
        continue
      }
      change.record = record
      result.append(change)
    }
    return result
  }
}
