import SystemSupport
import SystemPackage

/// git's pkt-lines: four hexadecimal digits with the length, themselves included, and as many bytes less four; `0000`
/// ends a section. See gitprotocol-common(5).
package enum PacketLine {
  private static let limit = 65520

  /// The lines of a section, read from a descriptor; without the newline that a line may end in.
  package static func section(from descriptor: Int32) throws -> [[UInt8]] {
    var lines: [[UInt8]] = []
    while true {
      let digits = try bytes(4, from: descriptor)
      // A sign, which `Int` takes, is not a digit.
      guard digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
        let length = Int(String(decoding: digits, as: UTF8.self), radix: 16), length != 0
      else {
        if digits.elementsEqual("0000".utf8) { return lines }
        throw SystemError("reading", "what git receive-pack says", code: .badMessage)
      }
      guard length >= 4, length <= limit, lines.count < 1000 else {
        throw SystemError("reading", "what git receive-pack says", code: .badMessage)
      }
      var line = try bytes(length - 4, from: descriptor)
      if line.last == UInt8(ascii: "\n") { line.removeLast() }
      lines.append(line)
    }
  }

  /// A section of these lines, each short enough for one.
  package static func section(_ lines: [String]) -> [UInt8] {
    lines.flatMap { line in
      let bytes = Array(line.utf8.prefix(limit - 4))
      let length = String(bytes.count + 4, radix: 16)
      return Array((String(repeating: "0", count: 4 - length.count) + length).utf8) + bytes
    } + Array("0000".utf8)
  }

  private static func bytes(_ count: Int, from descriptor: Int32) throws -> [UInt8] {
    try Files.readExactly(count, from: descriptor, name: "what git receive-pack says", ended: .brokenPipe)
  }
}
