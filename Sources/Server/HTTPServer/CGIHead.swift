import ByteStrings
package import HTTPTypes
package import NIOCore

/// The head of what a CGI program prints: header fields, a status among them, and an empty line. See RFC 3875, 6.
package struct CGIHead: Sendable {
  /// The status; 200 where the program names none.
  package private(set) var status = HTTPResponse.Status.ok
  /// The other fields that are of use to a client.
  package private(set) var fields: HTTPFields = [:]

  /// The largest that is taken.
  static let limit = 16 << 10

  /// Takes the head off the beginning of `buffer`; nil where it is not there in whole.
  ///
  /// - Throws: where there is none.
  package init?(from buffer: inout ByteBuffer) throws {
    let bytes = buffer.readableBytesView
    var lines: [Substring] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      var line = Substring(decoding: bytes[start..<end], as: UTF8.self)
      if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
      start = end + 1
      if line.isEmpty {
        buffer.moveReaderIndex(to: start)
        for line in lines { try take(line) }
        return
      }
      lines.append(line)
    }
    guard buffer.readableBytes <= Self.limit else { throw Malformed() }
    return nil
  }

  private mutating func take(_ line: Substring) throws {
    guard let colon = line.firstIndex(at: ":"), let name = HTTPField.Name(String(line[..<colon])) else {
      throw Malformed()
    }
    let value = String(line[line.index(after: colon)...].drop { $0 == " " })
    switch name.canonicalName {
    case "status":
      guard let code = Int(value.prefix(before: " ")), (200...599).contains(code) else { throw Malformed() }
      status = HTTPResponse.Status(code: code)
    case "content-length", "connection", "transfer-encoding": break
    default: fields[name] = value
    }
  }

  /// It is not the head of an answer.
  struct Malformed: Error {}
}
