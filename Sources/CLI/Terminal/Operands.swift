import SystemSupport
public import ByteStrings
public import SystemPackage

/// What a command works on: its operands, and what it reads on standard input.
public enum Operands {
  /// The operands and the records of standard input, in this order.
  ///
  /// - Parameter fallback: what is taken where there are neither operands nor `stdin`.
  public static func texts(
    _ operands: [String], stdin: Bool, format: RecordFormat, default fallback: String? = nil
  ) throws -> [String] {
    if operands.isEmpty, !stdin { return fallback.map { [$0] } ?? [] }
    guard stdin else { return operands }
    return operands + (try records(format)).map { ByteText.string(from: $0) }
  }

  /// As ``texts(_:stdin:format:default:)``, as paths.
  public static func paths(
    _ operands: [String], stdin: Bool, format: RecordFormat, default fallback: String? = nil
  ) throws -> [FilePath] {
    try texts(operands, stdin: stdin, format: format, default: fallback).map { FilePath(text: $0) }
  }

  /// All of standard input.
  public static func input() throws -> [UInt8] { try Files.read(0, name: "standard input") }

  /// The records of standard input.
  public static func records(_ format: RecordFormat) throws -> [[UInt8]] {
    let bytes = try input()
    do throws(MalformedRecord) {
      return try format.split(bytes)
    } catch {
      throw failure(error)
    }
  }

  fileprivate static func failure(_ error: MalformedRecord) -> Failure {
    switch error.fault {
    case .quoting:
      .fatal(
        "reading standard input failed: line \(error.number) is not quoted as git quotes: \(Quoting.visible(error.text))",
        hints: "with -z records end in NUL and are not quoted")
    case .length:
      .fatal(
        "reading standard input failed: record \(error.number) is longer than \(RecordSplitter.limit) bytes: \(Quoting.visible(error.text))…"
      )
    }
  }
}

/// What a command works on, one piece after the other: its operands, and then the records of standard input as they come. So the
/// first are handled while others are still to come, and only those of one read are in memory.
public struct OperandReader: ~Copyable {
  /// Bytes that are read at a time, at most.
  private static let size = 1 << 16
  private var operands: [String]
  private var splitter: RecordSplitter
  private var buffer: [UInt8] = []
  private var hasMore: Bool

  /// - Parameter fallback: what is taken where there are neither operands nor `stdin`.
  public init(_ operands: [String], stdin: Bool, format: RecordFormat, default fallback: String? = nil) {
    self.operands = operands.isEmpty && !stdin ? fallback.map { [$0] } ?? [] : operands
    splitter = RecordSplitter(format)
    hasMore = stdin
  }

  /// The next ones; nil where there are no more. Waits for standard input only where nothing else is left.
  public mutating func next() throws -> [String]? {
    if !operands.isEmpty {
      defer { operands = [] }
      return operands
    }
    while true {
      if let fault = splitter.fault { throw Operands.failure(fault) }
      guard hasMore else { return nil }
      if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.size) }
      let count = try Files.readPiece(0, into: &buffer, name: "standard input")
      hasMore = count > 0
      let records = hasMore ? splitter.add(Array(buffer[..<count])) : splitter.end()
      if !records.isEmpty { return records.map { ByteText.string(from: $0) } }
    }
  }
}
