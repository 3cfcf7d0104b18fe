import ByteStrings
import SystemPackage

extension FilePath {
  /// The path of these bytes, or nil where a NUL would cut it short.
  init?(exactly bytes: [UInt8]) {
    guard !bytes.contains(0) else { return nil }
    let characters = bytes.map { CInterop.PlatformChar(bitPattern: $0) } + [0]
    self = characters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return FilePath() }
      return FilePath(platformString: start)
    }
  }

  /// The path's bytes, without the final NUL.
  var pathBytes: [UInt8] {
    withPlatformString { ByteText.bytes(fromC: $0) }
  }

  /// The path in JSON: as it is, or as git quotes it where it is not UTF-8 or begins with a double quote.
  var storedText: String {
    let bytes = pathBytes
    if bytes.first != UInt8(ascii: "\""), let text = ByteText.utf8(bytes) { return text }
    let quoted = Quoting.quote(bytes)
    return String(decoding: quoted, as: UTF8.self)
  }

  /// The inverse of ``storedText``; nil for text that it would not write, so that one path has one spelling.
  init?(storedText text: String) {
    guard let bytes = Quoting.unquote(text.utf8), let path = FilePath(exactly: bytes),
      path.storedText.hasSameBytes(as: text)
    else { return nil }
    self = path
  }

  /// Whether a text is surely an absolute path in its simplest form, and its own ``storedText``: readable ASCII, no part of which is
  /// empty or begins with a dot. Nearly all are, and this is seen in a look at each byte.
  static func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { bytes in
      guard bytes.count > 1, bytes[0] == UInt8(ascii: "/") else { return false }
      var isBegin = false
      for byte in bytes {
        guard byte >= 0x20, byte < 0x7F else { return false }
        if isBegin, byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
        isBegin = byte == UInt8(ascii: "/")
      }
      return !isBegin
    } ?? false
  }
}
