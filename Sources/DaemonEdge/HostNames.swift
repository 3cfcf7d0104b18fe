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

  /// A `Host` header without its port, in lower case.
  static func name(of host: some StringProtocol) -> String {
    let text = host.lowercased()
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
    return String(text.prefix { $0 != ":" })
  }

  /// An IPv6 address as a `Host` header has it.
  private static func bracketed(_ name: String) -> String {
    name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
  }
}
