import ByteStrings
import Registry

/// An answer, whatever its status.
public struct HTTPResponse: Sendable {
  /// The status: 200, 404 …
  public let status: Int
  /// What came, decompressed.
  public let body: [UInt8]
  let fields: [(name: String, value: String)]

  /// The field of that name, in any case; the last of several.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return fields.last { $0.name.lowercased() == wanted }?.value
  }

  /// What the answer says of itself, in a few words for a message: `409, "Project with this path already exists"`.
  ///
  /// The error of the service's own JSON; else the beginning of what a person would read of a page or text. Control
  /// characters are escaped, and no more than 200 characters are taken.
  public var summary: String {
    let words = said
    return words.isEmpty ? "\(status)" : "\(status), \"\(words)\""
  }

  /// The words of the answer's body that tell a person what happened; empty where there are none.
  public var said: String {
    let start = body.prefix(65536)
    if let error = (try? JSON.parse(Array(start)))?["error"]?.string { return Self.shortened(error) }
    guard let text = String(validating: start, as: UTF8.self) else { return "" }
    return Self.shortened(Self.isPage(text) ? Self.title(of: text) ?? Self.withoutTags(text) : text)
  }

  private static func isPage(_ text: String) -> Bool {
    text.utf8.first { $0 > 0x20 } == UInt8(ascii: "<")
  }

  private static func title(of page: String) -> String? {
    let bytes = Array(page.utf8)
    guard let start = place(of: "<title>", in: bytes, from: 0),
      let end = place(of: "</title>", in: bytes, from: start)
    else { return nil }
    let title = String(decoding: bytes[(start + 7)..<end], as: UTF8.self)
    return title.utf8.contains { $0 > 0x20 } ? title : nil
  }

  private static func place(of tag: String, in bytes: [UInt8], from start: Int) -> Int? {
    let tag = Array(tag.utf8)
    guard bytes.count >= start + tag.count else { return nil }
    return (start...(bytes.count - tag.count)).first { offset in
      tag.indices.allSatisfy { bytes[offset + $0] | 0x20 == tag[$0] | 0x20 }
    }
  }

  private static func withoutTags(_ page: String) -> String {
    var isInside = false
    var out = ""
    for scalar in page.unicodeScalars {
      switch scalar {
      case "<": isInside = true
      case ">":
        isInside = false
        out += " "
      default: if !isInside { out.unicodeScalars.append(scalar) }
      }
    }
    return out
  }

  private static func shortened(_ text: String) -> String {
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
    let line = words.prefix(100).joined(separator: " ")
    return Quoting.visible(RemoteURL.withoutSecrets(line.count > 200 ? line.prefix(200) + "…" : line))
  }
}
