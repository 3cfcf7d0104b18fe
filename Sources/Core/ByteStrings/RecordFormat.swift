/// How records stand in a stream: a line each, quoted where unusual, or ended by NUL and quoted nowhere (`-z`).
public enum RecordFormat: Sendable {
  /// One record a line; unusual values in git's quotes.
  case lines
  /// Each record ended by a NUL byte, values as they are.
  case nul

  /// The format that a command's `-z` flag asks for.
  public init(z: Bool) { self = z ? .nul : .lines }

  /// The byte that ends a record.
  public var terminator: UInt8 { self == .nul ? 0 : UInt8(ascii: "\n") }

  /// `field` as it stands in a record of this format.
  public func field(_ field: String) -> [UInt8] { self.field(bytes: ByteText.bytes(of: field)) }

  /// As ``field(_:)``, of a value's bytes.
  public func field(bytes: [UInt8]) -> [UInt8] { self == .nul ? bytes : Quoting.quote(bytes) }

  /// Splits `input` into the values it holds; an unterminated last record counts, an empty one does not.
  ///
  /// - Throws: ``MalformedRecord`` for a line whose quoting is broken.
  public func split(_ input: [UInt8]) throws(MalformedRecord) -> [[UInt8]] {
    var splitter = RecordSplitter(self)
    var records = splitter.add(input)
    records += splitter.end()
    if let fault = splitter.fault { throw fault }
    return records
  }
}

/// Splits what comes piece by piece into records, each as soon as it is whole; up to one that cannot be read.
public struct RecordSplitter: Sendable {
  /// The most bytes that a record may have that comes in several pieces: no path or name is longer, quoted or not.
  public static let limit = 1 << 20
  /// What is wrong with the first record that cannot be read.
  public private(set) var fault: MalformedRecord?
  private let format: RecordFormat
  private var rest: [UInt8] = []
  private var number = 0

  /// Nothing has come yet.
  public init(_ format: RecordFormat) { self.format = format }

  /// Takes a piece.
  ///
  /// - Returns: the records that end in it.
  public mutating func add(_ piece: [UInt8]) -> [[UInt8]] {
    guard fault == nil else { return [] }
    guard let end = piece.lastIndex(of: format.terminator) else {
      rest += piece
      if rest.count > Self.limit {
        let start = String(decoding: rest.prefix(64), as: UTF8.self)
        fault = MalformedRecord(number: number + 1, .length, text: start)
      }
      return []
    }
    let whole = rest.isEmpty ? piece[..<end] : (rest + piece[..<end])[...]
    rest = Array(piece[(end + 1)...])
    return records(of: whole)
  }

  /// The last record, where nothing has ended it.
  public mutating func end() -> [[UInt8]] {
    defer { rest = [] }
    return fault != nil || rest.isEmpty ? [] : records(of: rest[...])
  }

  private mutating func records(of input: ArraySlice<UInt8>) -> [[UInt8]] {
    var records: [[UInt8]] = []
    for record in input.split(separator: format.terminator, omittingEmptySubsequences: false) {
      number += 1
      if record.isEmpty { continue }
      if format == .nul {
        records.append(Array(record))
      } else if let value = Quoting.unquote(record) {
        records.append(value)
      } else {
        fault = MalformedRecord(number: number, .quoting, text: String(decoding: record, as: UTF8.self))
        break
      }
    }
    return records
  }
}

/// A record of input that cannot be read.
public struct MalformedRecord: Error, Sendable {
  /// What is wrong with it.
  public enum Fault: Sendable {
    /// It is not quoted as git quotes.
    case quoting
    /// It is longer than ``RecordSplitter/limit``.
    case length
  }

  /// The record's number, from 1.
  public let number: Int
  /// What is wrong with it.
  public let fault: Fault
  /// The record as it came, or its beginning.
  public let text: String

  init(number: Int, _ fault: Fault, text: String) {
    (self.number, self.fault, self.text) = (number, fault, text)
  }
}
