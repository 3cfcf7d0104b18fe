#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings

extension Environment {
  /// The variables of this process as a program that it starts gets them: `NAME=VALUE` each.
  ///
  /// - Parameter changes: variables to set (or, with nil, to unset) for it beside what this process has.
  static func entries(changing changes: [String: String?]) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var cursor = environ
    while let variable = cursor.pointee {
      let bytes = UnsafeBufferPointer(start: variable, count: strlen(variable)).map { UInt8(bitPattern: $0) }
      let name = String(decoding: bytes.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      if changes[name] == nil { entries.append(bytes) }
      cursor += 1
    }
    for case (let name, let value?) in changes { entries.append(ByteText.bytes(of: "\(name)=\(value)")) }
    return entries
  }
}
