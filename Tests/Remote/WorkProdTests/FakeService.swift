import Registry
import WorkProd

/// The service as it is deployed, with its quirks: `project_type` is lost, times are whole seconds, paths are unique.
struct FakeService {
  private(set) var records: [Int: JSON.Members] = [:]
  private var last = 0
  /// Its clock, in seconds since 1970.
  var now: Int64 = 1_700_000_000
  /// Whether it keeps `metadata`, as ours does.
  let form: ServiceFlavor
  /// Whether it keeps `project_type`, as a newer one may.
  var keepsType = false

  init(_ form: ServiceFlavor = .plain) { self.form = form }

  private var time: JSON { .string(String(Timestamp(milliseconds: now * 1000).description.prefix(19))) }

  /// - Returns: the new number; nil for a path that is taken.
  mutating func post(_ body: JSON) -> Int? {
    guard !isTaken(body["path"], by: nil) else { return nil }
    last += 1
    records[last] = ["id": .number("\(last)"), "created_at": time, "status": .string("active")]
    set(last, body)
    return last
  }

  mutating func patch(_ number: Int, _ body: JSON) {
    precondition(records[number] != nil && !isTaken(body["path"], by: number))
    set(number, body)
  }

  mutating func delete(_ number: Int) { records[number] = nil }

  /// What a script does to the database: the record's times stay.
  mutating func put(_ number: Int, _ key: String, _ value: JSON) { records[number]?[key] = value }

  private func isTaken(_ path: JSON?, by number: Int?) -> Bool {
    guard let path, path != .null else { return false }
    return records.contains { $0.key != number && $0.value["path"] == path }
  }

  private mutating func set(_ number: Int, _ body: JSON) {
    for (key, value) in body.object ?? [:] {
      if key == "project_type" && !keepsType || (key == "metadata" && form == .plain) { continue }
      records[number]?[key] = value
    }
    let moment = time
    records[number]?["updated_at"] = moment
    guard form == .full, let project = body["metadata"]?["project"]?.object else { return }
    for key in NativeFields.keys { records[number]?[key] = project[key] ?? .null }
  }

  /// The answer to `GET /api/projects`, as text and back.
  var list: [ServiceRecord] {
    let all = records.sorted { $0.key < $1.key }.map { number, record in
      var record = record
      for key in NativeFields.keys.map(\.rawValue) + ["path"] where record[key] == nil { record[key] = .null }
      return JSON.object(record)
    }
    return try! ServiceRecord.list(JSON.array(all).canonical)
  }

  /// The record that a creation makes.
  static func one(_ body: JSON.Members) -> ServiceRecord {
    var service = FakeService()
    _ = service.post(.object(body))
    return service.list[0]
  }

  /// What a push does.
  mutating func send(_ contents: RegistryContents, knowing lastSeen: LastSeenState = LastSeenState()) {
    let plan = PushPlan(from: RecordSet(list, form, knowing: lastSeen), to: contents)
    now += 1
    for snapshot in plan.creations {
      let path = snapshot.path(on: snapshot.checkouts.keys.min())
      for path in [path, nil] {
        let body = snapshot.creation(form, path: path)
        guard let number = post(body) else { continue }
        correct(number, snapshot, body, for: nil)
        break
      }
    }
    for change in plan.changes {
      let body = change.snapshot.change(of: change.record, form)
      patch(change.record.number, body)
      correct(change.record.number, change.snapshot, body, for: change.record)
    }
    for record in plan.deletions { delete(record.number) }
  }

  private mutating func correct(
    _ number: Int, _ snapshot: ProjectSnapshot, _ body: JSON, for record: ServiceRecord?
  ) {
    guard form == .plain, let answered = list.first(where: { $0.number == number }),
      let correction = snapshot.correction(of: body, for: record, answered)
    else { return }
    patch(number, correction)
  }
}
