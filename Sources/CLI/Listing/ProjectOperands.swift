public import ArgumentParser
import CommandLineTool
import Terminal
import ByteStrings
public import RegistryIndex

/// The projects that a command of many works on: its operands, and what it reads on standard input.
public struct ProjectOperands: ParsableArguments {
  @Flag(help: "Also take projects from standard input.")
  var stdin = false
  @Argument(
    help:
      "Projects: an id or its beginning, a name, as much of host/owner/name as is unique, a URL or a path.")
  var p: [String] = []

  /// No operands.
  public init() {}

  /// What they name, in order.
  ///
  /// - Parameter z: whether records of standard input end in NUL.
  /// - Throws: a usage `Failure` where there are neither operands nor `--stdin`.
  public func queries(z: Bool) throws -> [ProjectQuery] { try ProjectQuery.all(texts(z: z)) }

  /// As ``queries(z:)``, as they were given.
  public func texts(z: Bool) throws -> [String] {
    guard stdin || !p.isEmpty else { throw Failure.usage("which project? Name one, or use --stdin") }
    return try Operands.texts(p, stdin: stdin, format: RecordFormat(z: z))
  }
}
