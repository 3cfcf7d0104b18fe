import ByteStrings

/// Markup, as the bytes of UTF-8.
///
/// A template is a string literal of Swift's: its own characters are markup, and what it interpolates is text, escaped by its
/// type. So a value cannot become markup by being forgotten. Every attribute stands in double quotes, and nothing is ever
/// interpolated into a script or a style sheet: the pages have none but files.
///
/// No library is used: swift-mustache needs all of Foundation for a lock and a file manager, which is 54 MB of the installed
/// tree, and finds values by reflection, for each cell of a table.
public struct HTML: Sendable, ExpressibleByStringInterpolation {
  /// The markup; in place of the way to the root of the server, with which links begin, a byte that no text can bring.
  public private(set) var bytes: [UInt8]

  /// What stands in ``bytes`` for the way from a page to the root: escaping makes another character of it.
  private static let root: UInt8 = 0

  /// Markup without anything in it.
  public init() { bytes = [] }

  /// A template without values.
  public init(stringLiteral text: String) { bytes = Array(text.utf8) }

  /// A template with its values.
  public init(stringInterpolation template: Template) { bytes = template.bytes }

  /// The markup of a page of this path.
  ///
  /// Its links lead to other pages by how many levels there are above it, and so below whatever path a proxy has put the
  /// whole server.
  public func bytes(at path: some StringProtocol) -> [UInt8] {
    let way = Array(Self.way(from: path).utf8)
    return Array(
      bytes.split(separator: Self.root, omittingEmptySubsequences: false).joined(separator: way))
  }

  /// The relative address of the root, as a page of this path names it.
  static func way(from path: some StringProtocol) -> String {
    let levels = path.utf8.count { $0 == UInt8(ascii: "/") } - 1
    return levels > 0 ? String(repeating: "../", count: levels) : "./"
  }

  /// The address of one page, as another one of this path names it.
  public static func address(of page: String, from path: some StringProtocol) -> String {
    way(from: path) + (page.begins(with: "/") ? page.dropFirst() : page[...])
  }

  /// Whether there is nothing.
  public var isEmpty: Bool { bytes.isEmpty }

  static func += (left: inout HTML, right: HTML) { left.bytes += right.bytes }

  /// What an interpolated literal is put together in.
  public struct Template: StringInterpolationProtocol {
    fileprivate var bytes: [UInt8] = []

    /// Makes room.
    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + 32 * interpolationCount)
    }

    /// Takes markup as it stands.
    public mutating func appendLiteral(_ text: String) { bytes += text.utf8 }

    /// Takes text for people: what would deceive them, such as a mark that turns the direction of writing round, is shown as an
    /// escape, as on a terminal.
    public mutating func appendInterpolation(_ text: some StringProtocol) {
      HTML.appendEscaped(TerminalText.safe(String(text), .line).utf8, to: &bytes)
    }

    /// Takes several lines of text for people.
    mutating func appendInterpolation(lines text: String) {
      HTML.appendEscaped(TerminalText.safe(text, .lines).utf8, to: &bytes)
    }

    /// Takes a value that a form or an address gives back, to the letter.
    mutating func appendInterpolation(exactly text: String) { HTML.appendEscaped(text.utf8, to: &bytes) }

    /// Takes the address of a page of this server, which begins with a slash.
    public mutating func appendInterpolation(link address: String) {
      bytes.append(HTML.root)
      HTML.appendEscaped(address.utf8.dropFirst(address.begins(with: "/") ? 1 : 0), to: &bytes)
    }

    /// Takes a number.
    public mutating func appendInterpolation(_ number: Int) { bytes += String(number).utf8 }

    /// Takes markup.
    public mutating func appendInterpolation(_ markup: HTML) { bytes += markup.bytes }

    /// Takes markup, or nothing.
    public mutating func appendInterpolation(_ markup: HTML?) { bytes += markup?.bytes ?? [] }

    /// Takes several pieces of markup, one behind the other.
    public mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { bytes += piece.bytes }
    }
  }

  private static func appendEscaped(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      case UInt8(ascii: "\""): bytes += "&quot;".utf8
      case UInt8(ascii: "'"): bytes += "&#39;".utf8
      // A parser would make a newline of it, and of NUL another character.
      case UInt8(ascii: "\r"): bytes += "&#13;".utf8
      case 0: bytes += "\u{FFFD}".utf8
      default: bytes.append(byte)
      }
    }
  }
}
