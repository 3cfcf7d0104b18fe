import ByteStrings
public import Registry

/// What a command wrote to one stream, as far as it is kept, and in JSON.
public struct CapturedOutput: Equatable, Sendable {
  /// Bytes that are kept of a stream: the first ones.
  public static let limit = 1 << 20
  private(set) var bytes: [UInt8] = []
  private(set) var isTruncated = false

  /// Nothing yet.
  public init() {}

  /// Takes what comes, as far as there is room.
  public mutating func append(_ more: [UInt8]) {
    let room = Self.limit - bytes.count
    bytes += more.prefix(room)
    if more.count > room { isTruncated = true }
  }

  /// Puts it into an object, as `NAME`; `NAME_truncated` where there was more; and where the bytes are not UTF-8 `NAME_base64`
  /// with all of them, since in `NAME` U+FFFD stands for what is not.
  public func put(into object: inout JSON.Members, as name: String) {
    object[name] = .string(String(decoding: text, as: UTF8.self))
    if isTruncated { object["\(name)_truncated"] = .bool(true) }
    if String(validating: text, as: UTF8.self) == nil {
      object["\(name)_base64"] = .string(Self.base64(bytes))
    }
  }

  /// The bytes without the beginning of a letter whose end was cut off.
  private var text: ArraySlice<UInt8> {
    guard isTruncated else { return bytes[...] }
    for count in 1...3 where bytes.count >= count {
      let byte = bytes[bytes.count - count]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > count ? bytes.dropLast(count) : bytes[...]
    }
    return bytes[...]
  }

  static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var four: [UInt8] = []
      for _ in 0..<4 {
        four.insert(digits[value & 63], at: 0)
        value >>= 6
      }
      for index in 0..<4 { out.append(index <= group.count ? four[index] : UInt8(ascii: "=")) }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
