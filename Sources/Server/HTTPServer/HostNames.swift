import ByteStrings

/// The names by which a server may be asked, so that a web page cannot reach it by a name of its own that it points to
/// loopback (DNS rebinding).
public struct HostNames: Sendable {
  private let names: Set<String>

  /// The names of loopback, and these.
  public init(_ others: [String]) {
    names = Set(["localhost", "127.0.0.1", "[::1]"] + others.map { Self.bracketed($0.lowercased()) })
  }

  /// Whether a `Host` header, with a port or without, names this server.
  func contain(_ host: some StringProtocol) -> Bool { names.contains(Self.name(of: host)) }

  /// A `Host` header without its port, in lower case; as it is where it is not a name with a port.
  static func name(of host: some StringProtocol) -> String {
    let text = host.lowercased()
    let isBracketed = text.begins(with: "[")
    let end = isBracketed ? text.firstIndex(at: "]").map { text.index(after: $0) } : text.firstIndex(at: ":")
    guard let end, end < text.endIndex else { return text }
    let port = text[text.index(after: end)...]
    guard text[end] == ":", port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return text }
    return String(text[..<end])
  }

  /// An IPv6 address as it stands in a `Host` header.
  private static func bracketed(_ name: String) -> String {
    name.holds(":") && !name.begins(with: "[") ? "[\(name)]" : name
  }
}
