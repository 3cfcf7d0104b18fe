import SystemSupport
import ByteStrings

/// What a search by parts reads of a row: bytes of the view's file, which stay where they are for as long as the row is
/// looked at. 10,000 rows are looked at in a millisecond so; decoding them takes ten.
public struct RowTexts {
  /// Where the row is in the view, for ``View/row(at:)``.
  public let place: RowPlace
  /// The project's id.
  public let id: UnsafeBufferPointer<UInt8>
  /// Its name.
  public let name: UnsafeBufferPointer<UInt8>
  /// The first path on this machine; empty where it is not here.
  public let path: UnsafeBufferPointer<UInt8>
  /// `host/owner/name`; empty without a remote.
  public let key: UnsafeBufferPointer<UInt8>
}

/// Where a row is in its view, which is smaller than 4 GiB.
public struct RowPlace: Sendable, Hashable {
  private let start: UInt32
  private let length: UInt32

  init(line: Range<Int>) {
    start = UInt32(truncatingIfNeeded: line.lowerBound)
    length = UInt32(truncatingIfNeeded: line.count)
  }

  var line: Range<Int> { Int(start)..<(Int(start) + Int(length)) }
}

extension View {
  /// The row at a place of this view.
  public func row(at place: RowPlace) -> ViewRow { row(place.line) }

  /// The place of a row of this view.
  public func place(of row: ViewRow) -> RowPlace {
    let line = place(of: Array(row.id.utf8))
    return RowPlace(line: line.lowerBound..<lineEnd(from: line.lowerBound))
  }

  /// How many projects there are, on whichever machine.
  public var count: Int {
    var count = 0
    var position = start
    while position < bytes.count {
      count += 1
      position = lineEnd(from: position) + 1
    }
    return count
  }

  /// Hands on the texts of one row after the other, in the order of their ids.
  public func forEachRow(_ body: (RowTexts) -> Void) {
    bytes.withUnsafeBufferPointer { buffer in
      var position = start
      while position < buffer.count {
        let end = ByteSearch.first(UInt8(ascii: "\n"), in: buffer, from: position) ?? buffer.count
        Self.texts(of: position..<end, in: buffer, body)
        position = end + 1
      }
    }
  }

  /// Passes on, for one row after the other, its place, its id, its name and whether it is on this machine; no more of it is
  /// read.
  public func forEachPlace(
    _ body: (
      _ place: RowPlace, _ id: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>, _ isHere: Bool
    ) -> Void
  ) {
    bytes.withUnsafeBufferPointer { buffer in
      var position = start
      while position < buffer.count {
        let end = ByteSearch.first(UInt8(ascii: "\n"), in: buffer, from: position) ?? buffer.count
        var rest = UnsafeBufferPointer(rebasing: buffer[position..<end])
        let id = Self.field(of: &rest)
        let name = Self.field(of: &rest)
        var isHere = false
        switch rest.first {
        case nil, UInt8(ascii: "\t"): break
        case UInt8(ascii: "\""): Self.texts(of: position..<end, in: buffer) { isHere = !$0.path.isEmpty }
        default: isHere = true
        }
        Self.unquoted(name) { body(RowPlace(line: position..<end), id, $0, isHere) }
        position = end + 1
      }
    }
  }

  /// More rows than this there cannot be: each has an id, and something between its columns.
  public var mostRows: Int { (bytes.count - start) / (40 + ViewColumn.allCases.count) + 1 }

  /// As ``forEachRow(_:)``, without rows that have these bytes nowhere.
  ///
  /// - Parameters:
  ///   - needle: ASCII that is never quoted; not empty.
  ///   - foldsCase: whether capitals are found as well, where the bytes have small letters.
  func forEachRow(holding needle: [UInt8], foldsCase: Bool, _ body: (RowTexts) -> Void) {
    bytes.withUnsafeBufferPointer { buffer in
      let search = ByteSearch(needle, in: buffer, foldsCase: foldsCase)
      var position = start
      while let line = search.line(in: buffer, from: position) {
        Self.texts(of: line, in: buffer, body)
        position = line.upperBound
      }
    }
  }

  /// The texts of the row at a place.
  public func texts(at place: RowPlace, _ body: (RowTexts) -> Void) {
    bytes.withUnsafeBufferPointer { Self.texts(of: place.line, in: $0, body) }
  }

  /// Hands on the first columns of the row at a place, up to the one with this number, as they are in the file.
  ///
  /// - Parameter columns: where they are put together, which saves the memory of each row.
  func withColumns(
    _ last: Int, at place: RowPlace, _ columns: inout [UnsafeBufferPointer<UInt8>],
    _ body: ([UnsafeBufferPointer<UInt8>]) -> Void
  ) {
    columns.removeAll(keepingCapacity: true)
    bytes.withUnsafeBufferPointer { buffer in
      var rest = UnsafeBufferPointer(rebasing: buffer[place.line])
      for _ in 0...last { columns.append(Self.field(of: &rest)) }
      body(columns)
    }
  }

  /// The name of the row at a place, alone.
  public func name(at place: RowPlace, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer { buffer in
      var rest = UnsafeBufferPointer(rebasing: buffer[place.line])
      _ = Self.field(of: &rest)
      Self.unquoted(Self.field(of: &rest), body)
    }
  }

  private static func texts(
    of line: Range<Int>, in buffer: UnsafeBufferPointer<UInt8>, _ body: (RowTexts) -> Void
  ) {
    var rest = UnsafeBufferPointer(rebasing: buffer[line])
    let (id, name, paths, key) = (field(of: &rest), field(of: &rest), field(of: &rest), field(of: &rest))
    // Few rows have a quoted field, and only for these anything is copied.
    unquoted(name) { name in
      unquoted(paths) { paths in
        unquoted(key) { key in
          let first = paths.firstIndex(of: 0) ?? paths.count
          body(
            RowTexts(
              place: RowPlace(line: line), id: id, name: name,
              path: UnsafeBufferPointer(rebasing: paths[..<first]), key: key))
        }
      }
    }
  }

  /// Takes the first field off what is left of a line.
  private static func field(of rest: inout UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let end = ByteSearch.first(UInt8(ascii: "\t"), in: rest, from: 0) ?? rest.count
    defer { rest = UnsafeBufferPointer(rebasing: rest[min(end + 1, rest.count)...]) }
    return UnsafeBufferPointer(rebasing: rest[..<end])
  }

  @inline(__always)
  private static func unquoted(
    _ field: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard field.first == UInt8(ascii: "\"") else { return body(field) }
    (Quoting.unquote(field[...]) ?? []).withUnsafeBufferPointer(body)
  }
}
