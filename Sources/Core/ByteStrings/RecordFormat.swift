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
  public func field(_ field: String) -> [UInt8] {
    self == .nul ? ByteText.bytes(of: field) : Quoting.quote(ByteText.bytes(of: field))
  }

  /// Splits `input` into the values it holds; an unterminated last record counts, an empty one does not.
  ///
  /// - Throws: ``MalformedRecord`` for a line whose quoting is broken.
  public func split(_ input: [UInt8]) throws(MalformedRecord) -> [[UInt8]] {
    var records: [[UInt8]] = []
    for (index, record) in input.split(separator: terminator, omittingEmptySubsequences: false).enumerated() {
      if record.isEmpty { continue }
      if self == .nul {
        records.append(Array(record))
      } else {
        guard let value = Quoting.unquote(record) else {
          throw MalformedRecord(number: index + 1, text: String(decoding: record, as: UTF8.self))
        }
        records.append(value)
      }
    }
    return records
  }
}

/// A line of input whose quoting cannot be read.
public struct MalformedRecord: Error, Sendable {
  /// The line's number, from 1.
  public let number: Int
  /// The line as it came.
  public let text: String
}
