import SystemSupport
import Registry
public import SystemPackage
public import WorkProd

/// Records as the deployed service keeps them: a table of its own, without a registry. For tests only.
///
/// What it holds is written to a file line by line, so that it is there again after a restart.
public actor PlainRecords: RecordStore {
  /// The deployed service's.
  public nonisolated var flavor: ServiceFlavor { .plain }

  private struct State {
    var table = RecordTable()
    var next = 1
    var paths: [String: Int] = [:]
    var urls: [String: Int] = [:]
  }

  private var state: State
  private let file: OpenFile

  /// Opens the records in a directory, which is made where it is missing.
  public init(_ directory: FilePath) throws {
    try Files.makeDirectory(directory, mode: 0o700)
    let path = directory.appending("plain-records")
    guard let opened = OpenFile(path, .writeOnly, options: [.create, .append], mode: 0o600) else {
      throw SystemError("opening", path.text)
    }
    file = opened
    state = Self.restored(from: (try? Files.read(path)) ?? [])
  }

  /// The records as they are now.
  public func table() async -> RecordTable { state.table }

  /// Makes a change.
  public func perform(_ edit: Edit) async throws -> Outcome {
    try perform(edit, &state)
  }

  /// The deployed service knows no commits.
  public func changes(since commit: String) async throws -> RecordChanges { throw Refusal.notFound }

  /// It has no commits.
  public func isShown(_ commit: String) -> Bool { false }

  /// Does nothing: each change is in the file already.
  public func close() async {}

  private func perform(_ edit: Edit, _ state: inout State) throws -> Outcome {
    switch edit {
    case .create(let fields): return .record(try create(fields, &state))
    case .change(let number, let fields, _):
      guard let record = state.table[number] else { throw Refusal.notFound }
      var values = record.values
      values.apply(fields)
      if let path = values.path, let holder = state.paths[path], holder != number { throw Refusal.pathTaken }
      guard values != record.values else { return .record(record) }
      return .record(try put(number, values, created: record.created, &state))
    case .delete(let number, _):
      guard let record = state.table[number] else { throw Refusal.notFound }
      try write(.object(["id": .integer(number), "gone": .bool(true)]))
      Self.remove(record, from: &state)
      return .deleted
    case .importing(let items): return .imported(try importing(items, &state))
    }
  }

  private func create(_ fields: RequestedFields, _ state: inout State) throws -> Record {
    guard case .some(.some(let name)) = fields.values[.name] else { throw Refusal.nameMissing }
    var values = RecordValues(name: name)
    values.apply(fields)
    if let path = values.path, state.paths[path] != nil { throw Refusal.pathTaken }
    let number = state.next
    state.next += 1
    return try put(number, values, created: .now, &state)
  }

  private func importing(_ items: [JSON], _ state: inout State) throws -> ImportReport {
    var report = ImportReport()
    for item in items {
      if let url = item[.remoteURL]?.string, state.urls[url] != nil {
        report.skip()
        continue
      }
      do {
        _ = try create(try RequestedFields(item, creating: true, .plain), &state)
        report.add()
      } catch let refusal as Refusal {
        report.skip(item, refusal)
      }
    }
    return report
  }

  private func put(
    _ number: Int, _ values: RecordValues, created: ServiceTime, _ state: inout State
  ) throws -> Record {
    let record = Record(number: number, values: values, created: created, updated: .now)
    try write(.object(values.members(number: number, created: created, updated: record.updated)))
    Self.put(record, to: &state)
    return record
  }

  private func write(_ value: JSON) throws {
    try Files.write(Array((value.compact + "\n").utf8), to: file.descriptor, name: "the plain records")
  }

  private static func put(_ record: Record, to state: inout State) {
    if let former = state.table[record.number] { remove(former, from: &state) }
    state.table.put(record)
    state.next = max(state.next, record.number + 1)
    if let path = record.values.path { state.paths[path] = record.number }
    if let url = record.values.remoteURL { state.urls[url, default: 0] += 1 }
  }

  private static func remove(_ record: Record, from state: inout State) {
    state.table.remove(record.number)
    if let path = record.values.path { state.paths[path] = nil }
    if let url = record.values.remoteURL, let count = state.urls[url] {
      state.urls[url] = count > 1 ? count - 1 : nil
    }
  }

  private static func restored(from bytes: [UInt8]) -> State {
    var state = State()
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      if let value = try? JSON.parse(Array(line)) { restore(value, to: &state) }
    }
    return state
  }

  private static func restore(_ line: JSON, to state: inout State) {
    guard let number = line["id"]?.integer, (1..<(1 << 53)).contains(number) else { return }
    if line["gone"] != nil {
      if let record = state.table[number] { remove(record, from: &state) }
      return
    }
    guard let fields = try? RequestedFields(line, creating: false, .plain),
      let created = line["created_at"]?.string.flatMap({ ServiceTime($0) }),
      let updated = line["updated_at"]?.string.flatMap({ ServiceTime($0) })
    else { return }
    var values = RecordValues(name: "")
    values.apply(fields)
    put(Record(number: number, values: values, created: created, updated: updated), to: &state)
  }
}
