import ByteStrings

/// The URL of a page for people.
public enum WebPage {
  /// What it is, in words.
  public static let rule =
    "a URL that begins with http:// or https://, without user name, password or token, of at most \(Limits.url) bytes"

  /// Whether a text is one.
  public static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let lower = text.prefix(8).lowercased()
    guard bytes.count <= Limits.url, !text.holdsControl,
      let scheme = ["https://", "http://"].first(where: { lower.begins(with: $0) }),
      !bytes.contains(where: { " \"<>\\^`{|}".utf8.contains($0) })
    else { return false }
    let rest = bytes.dropFirst(scheme.utf8.count)
    let authority = rest.prefix { !"/?#".utf8.contains($0) }
    guard let first = authority.first, first != UInt8(ascii: ":"), !authority.contains(UInt8(ascii: "@"))
    else {
      return false
    }
    return !Secrets.holdsToken(bytes) && !namesSecret(rest)
  }

  /// Whether a parameter is called what those are that give access.
  private static func namesSecret(_ rest: ArraySlice<UInt8>) -> Bool {
    rest.split { "?#&;".utf8.contains($0) }.dropFirst().contains { parameter in
      guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else { return false }
      let name = String(decoding: parameter[..<equals], as: UTF8.self).lowercased()
      return ["token", "secret", "passw", "auth", "apikey", "api_key", "signature"].contains(
        where: name.contains)
    }
  }
}
