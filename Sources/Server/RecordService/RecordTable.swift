public import NIOCore
import Synchronization
import SystemSupport

/// All records at one moment, in the order of their numbers.
///
/// They are kept in segments, each with the bytes of its part of the list: a change makes one segment anew and shares
/// the others, so that a list of megabytes is neither built nor copied for it.
public struct RecordTable: Sendable {
  /// What tells this table from any other.
  public internal(set) var version = ""
  /// The commit that it shows; empty where there is none.
  public internal(set) var commit = ""
  /// How many records there are.
  public private(set) var count = 0
  private var segments: [RecordSegment] = []

  /// A table without records.
  public init() {}

  /// The record with a number; nil where there is none.
  public subscript(number: Int) -> Record? {
    guard number >= 0, number / RecordSegment.span < segments.count else { return nil }
    return segments[number / RecordSegment.span].record(number)
  }

  /// The records, in order.
  public var records: some Sequence<Record> { segments.lazy.flatMap(\.records) }

  /// Puts a record in its place.
  mutating func put(_ record: Record) {
    let index = record.number / RecordSegment.span
    while segments.count <= index { segments.append(.empty) }
    if segments[index].record(record.number) == nil { count += 1 }
    segments[index] = segments[index].with(record)
  }

  /// Takes a record out.
  mutating func remove(_ number: Int) {
    guard self[number] != nil else { return }
    count -= 1
    segments[number / RecordSegment.span] = segments[number / RecordSegment.span].without(number)
  }

  /// The JSON array of all, in pieces that share the table's memory.
  public var list: [ByteBuffer] {
    var pieces = [ByteBuffer(string: "[")]
    for segment in segments where !segment.records.isEmpty {
      var piece = segment.piece
      // Each piece begins with the comma that parts it from the one before.
      if pieces.count == 1 { piece.moveReaderIndex(forwardBy: 1) }
      pieces.append(piece)
    }
    pieces.append(ByteBuffer(string: "]"))
    return pieces
  }
}

/// The records of one range of numbers.
final class RecordSegment: Sendable {
  /// How many numbers a segment stands for.
  static let span = 128
  static let empty = RecordSegment([])

  let records: [Record]
  private let made = Mutex<ByteBuffer?>(nil)

  private init(_ records: [Record]) { self.records = records }

  func record(_ number: Int) -> Record? {
    let index = place(of: number)
    return index < records.count && records[index].number == number ? records[index] : nil
  }

  func with(_ record: Record) -> RecordSegment {
    var records = records
    let index = place(of: record.number)
    if index < records.count, records[index].number == record.number {
      records[index] = record
    } else {
      records.insert(record, at: index)
    }
    return RecordSegment(records)
  }

  func without(_ number: Int) -> RecordSegment { RecordSegment(records.filter { $0.number != number }) }

  private func place(of number: Int) -> Int { records.partitionPoint { $0.number >= number } }

  /// The records' bytes, a comma before each; made when they are first asked for.
  var piece: ByteBuffer {
    made.withLock { made in
      if let made { return made }
      var buffer = ByteBufferAllocator().buffer(capacity: records.reduce(0) { $0 + $1.bytes.count + 1 })
      for record in records {
        buffer.writeInteger(UInt8(ascii: ","))
        buffer.writeBytes(record.bytes)
      }
      made = buffer
      return buffer
    }
  }
}
