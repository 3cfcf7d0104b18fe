/// Why a `.dev-infra.yml` cannot be read or changed, and where.
public struct MetadataError: Error, Sendable, CustomStringConvertible {
  /// The line of the file, from 1.
  public let line: Int
  /// The column in the line, from 1, in characters (Unicode scalars).
  public let column: Int
  /// What is wrong and what to do, one sentence without a full stop; text from the file is shown with escapes.
  public let message: String

  /// An error at a place of the file.
  public init(line: Int, column: Int, _ message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  /// The place and the sentence.
  public var description: String { "line \(line), column \(column): \(message)" }
}

/// A place in a file.
package struct Position {
  /// The offset in bytes.
  package var offset: Int
  /// The line, from 1.
  package var line: Int
  /// The column, from 1, in scalars.
  package var column: Int

  func error(_ message: String) -> MetadataError { MetadataError(line: line, column: column, message) }
}
