/// Output that comes in pieces, as whole lines.
public struct OutputLines {
  /// A longer line goes out in several.
  public static let longestLine = 1 << 16
  private var rest: [UInt8] = []

  /// Nothing yet.
  public init() {}

  /// The lines that are whole now, each with its end.
  public mutating func append(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    rest += bytes
    var start = 0
    while start < rest.count {
      let bound = min(rest.count, start + Self.longestLine)
      if let end = rest[start..<bound].firstIndex(of: UInt8(ascii: "\n")) {
        lines.append(Array(rest[start...end]))
        start = end + 1
      } else if bound - start == Self.longestLine {
        lines.append(rest[start..<bound] + [UInt8(ascii: "\n")])
        start = bound
      } else {
        break
      }
    }
    rest.removeFirst(start)
    return lines
  }

  /// What is left when no more comes, as a line; nil where that is nothing.
  public mutating func end() -> [UInt8]? {
    defer { rest = [] }
    return rest.isEmpty ? nil : rest + [UInt8(ascii: "\n")]
  }
}
