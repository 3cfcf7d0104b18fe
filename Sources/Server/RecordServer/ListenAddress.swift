import ByteStrings

/// Where the server listens: an address and a port.
public struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
  /// An IP address, without brackets, or a name.
  public let host: String
  /// The port; 0 leaves the choice to the system.
  public let port: Int

  /// Where it listens unless told otherwise.
  public static let standard = ListenAddress(host: "127.0.0.1", port: 5000)

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `ADDRESS:PORT`; an IPv6 address stands in brackets.
  ///
  /// - Throws: ``ListenAddressError`` for another form.
  public init(_ text: String) throws(ListenAddressError) {
    guard let colon = text.lastIndex(at: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw .malformed(text)
    }
    var host = text[..<colon]
    let isBracketed = host.begins(with: "[") && host.ends(with: "]")
    if isBracketed { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, isBracketed == host.holds(":"), !host.holds("/"), !host.holds(" ") else {
      throw .malformedHost(text)
    }
    self.init(host: String(host), port: Int(port))
  }

  /// Whether only this computer can reach it.
  public var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(at: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// `ADDRESS:PORT`.
  public var description: String { host.holds(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
