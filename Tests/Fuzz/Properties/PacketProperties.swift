import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryStore

/// What other programs send in lines, records and packets is taken as a whole or refused, and says the same again when it
/// is written anew. The input's first byte chooses the reader.
enum PacketProperties {
  static func check(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let rest = Array(bytes.dropFirst())
    switch first % 6 {
    case 0: try checkRecords(rest, .lines)
    case 1: try checkRecords(rest, .nul)
    case 2: try checkQuoting(rest)
    case 3: checkLooseObject(rest)
    case 4: try checkPackets(rest)
    default: try checkHead(rest)
    }
  }

  private static func checkRecords(_ bytes: [UInt8], _ format: RecordFormat) throws {
    guard let records = try? format.split(bytes) else { return }
    let stream = records.flatMap { format.field(ByteText.string(from: $0)) + [format.terminator] }
    try require(
      (try? format.split(stream)) == records.filter { !format.field(ByteText.string(from: $0)).isEmpty },
      "the records of \(shown(bytes)) are others again: \(shown(stream))")
    for record in records {
      guard let info = try? IndexInfo(parsing: record, format) else { continue }
      let again = try? IndexInfo(parsing: info.bytes(format), format)
      try require(
        again?.path == info.path && again?.blob == info.blob,
        "the entry of \(shown(record)) is another again: \(shown(info.bytes(format)))")
    }
  }

  private static func checkQuoting(_ bytes: [UInt8]) throws {
    let text = ByteText.string(from: bytes)
    try require(ByteText.bytes(of: text) == bytes, "\(shown(bytes)) has other bytes as text")
    let quoted = Quoting.quote(bytes)
    // A value that begins with a quote is always quoted, so that it cannot be taken for a quoted one.
    try require(
      Quoting.unquote(quoted) == bytes, "\(shown(bytes)) is another value in quotes: \(shown(quoted))")
    try require(
      Quoting.quote(text).utf8.elementsEqual(quoted), "\(shown(bytes)) is quoted otherwise as text")
    try require(
      !quoted.contains { $0 < 0x20 || $0 == 0x7F }, "a control character is in \(shown(quoted))")
    try require(
      !Quoting.visible(text).utf8.contains { $0 < 0x20 || $0 == 0x7F },
      "a control character is shown of \(shown(bytes))")
    _ = Quoting.unquote(bytes)
  }

  private static func checkLooseObject(_ bytes: [UInt8]) {
    _ = LooseObject(bytes)
    // As zlib's stored blocks, so that what is behind the compression is tried too.
    var stream: [UInt8] = [0x78, 0x01]
    let content = bytes.prefix(0xFFFF)
    let length = UInt16(content.count)
    stream += [1, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)]
    stream += content
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in content {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    let sum = high << 16 | low
    stream += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    _ = LooseObject(stream)
  }
}
