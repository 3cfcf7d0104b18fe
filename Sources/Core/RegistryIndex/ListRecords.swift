import SystemSupport
public import ByteStrings

/// What a list prints for scripts where nobody chooses columns: ``ListAtom/usual`` of every project, by name, with tabs between.
///
/// No row is decoded: the view's file quotes a column as a record quotes a field, so its bytes are taken over as they are. By
/// ``RowAtom/text(of:in:)`` a list of 1,000 takes 7 ms longer, which the benchmark of `list` against `git for-each-ref` does not allow.
public struct ListRecords: Sendable {
  private let view: View
  private let format: RecordFormat
  private let places: [RowPlace]

  /// Of these rows of a view, in their order.
  public init(_ rows: [ViewRow], of view: View, _ format: RecordFormat) {
    self.view = view
    self.format = format
    places = rows.map { view.place(of: $0) }
  }

  /// Of all projects, by name.
  ///
  /// - Parameter all: also those that are not on this machine.
  public init(of view: View, all: Bool, _ format: RecordFormat) {
    self.view = view
    self.format = format
    var order = NameOrder()
    view.forEachPlace { place, _, name, isHere in
      if isHere || all { order.add(name, at: place) }
    }
    places = order.places()
  }

  /// Whether there is none.
  public var isEmpty: Bool { places.isEmpty }

  /// Calls `body` with every record, without its end.
  public func forEach<Failure>(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var machines = MachineNames(of: view, format)
    var columns: [UnsafeBufferPointer<UInt8>] = []
    var record: [UInt8] = []
    // Without the atoms' names, which each row would have to hold and let go.
    let fields = RowAtom.usual.map { (column: $0.column.rawValue, form: $0.form) }
    let last = fields.map(\.column).max() ?? 0
    for place in places {
      record.removeAll(keepingCapacity: true)
      view.withColumns(last, at: place, &columns) { columns in
        for (number, field) in fields.enumerated() {
          if number > 0 { record.append(UInt8(ascii: "\t")) }
          let column = columns[field.column]
          switch field.form {
          case .text: append(column, to: &record)
          case .list: append(column, to: &record) { $0.map { $0 == 0 ? UInt8(ascii: ",") : $0 } }
          case .first: append(column, to: &record) { Array($0.prefix { $0 != 0 }) }
          case .machine, .machines: machines.append(column, to: &record)
          }
        }
      }
      try body(record)
    }
  }

  /// Appends a column. One that is quoted may be a list, of which `text` makes one text.
  private func append(
    _ column: UnsafeBufferPointer<UInt8>, to record: inout [UInt8], text: ([UInt8]) -> [UInt8] = { $0 }
  ) {
    if column.first == UInt8(ascii: "\"") {
      record += format.field(bytes: text(Quoting.unquote(column) ?? []))
    } else {
      record.append(contentsOf: column)
    }
  }
}

/// The names of machines for lists of their ids, of which most rows have the same.
private struct MachineNames {
  private let view: View
  private let format: RecordFormat
  private var column: [UInt8] = []
  private var field: [UInt8] = []

  init(of view: View, _ format: RecordFormat) {
    self.view = view
    self.format = format
  }

  mutating func append(_ column: UnsafeBufferPointer<UInt8>, to record: inout [UInt8]) {
    if !column.elementsEqual(self.column) {
      self.column = Array(column)
      let ids = (Quoting.unquote(column) ?? []).split(separator: 0)
      field = format.field(
        ids.map { view.name(of: String(decoding: $0, as: UTF8.self)) }.joined(separator: ","))
    }
    record += field
  }
}

/// Puts rows in the order of their names without regard to case, and equal names in that of their ids, as in the view.
private struct NameOrder {
  private struct Entry {
    /// The first eight bytes of the name, which decide between most.
    let start: UInt64
    /// Where the rest is among the keys.
    let rest: Range<Int>
    let place: RowPlace
  }

  private var entries: [Entry] = []
  private var keys: [UInt8] = []

  mutating func add(_ name: UnsafeBufferPointer<UInt8>, at place: RowPlace) {
    let first = keys.count
    if name.allSatisfy({ $0 < 0x80 }) {
      for byte in name { keys.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte) }
    } else {
      keys += Array(ByteText.string(from: name).lowercased().utf8)
    }
    var start: UInt64 = 0
    for index in first..<(first + 8) { start = start << 8 | (index < keys.count ? UInt64(keys[index]) : 0) }
    entries.append(Entry(start: start, rest: min(first + 8, keys.count)..<keys.count, place: place))
  }

  consuming func places() -> [RowPlace] {
    let keys = keys
    keys.withUnsafeBufferPointer { keys in
      entries.sort { left, right in
        if left.start != right.start { return left.start < right.start }
        let rest = UnsafeBufferPointer(rebasing: keys[left.rest])
        let other = UnsafeBufferPointer(rebasing: keys[right.rest])
        if rest.elementsEqual(other) { return left.place.line.lowerBound < right.place.line.lowerBound }
        return rest.lexicographicallyPrecedes(other)
      }
    }
    return entries.map(\.place)
  }
}
