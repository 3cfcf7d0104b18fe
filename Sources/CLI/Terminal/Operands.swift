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
      throw Failure.fatal(
        "reading standard input failed: line \(error.number) is not quoted as git quotes: \(Quoting.visible(error.text))",
        hints: "with -z records end in NUL and are not quoted")
    }
  }
}
