import ByteStrings
import NIOCore

/// What tells clients apart by where they come from.
enum ClientAddress {
  /// An IPv4 address as it is; of an IPv6 address the network, of which a subscriber has all addresses.
  static func source(_ address: SocketAddress?) -> String {
    guard let text = address?.ipAddress else { return "" }
    guard text.holds(":"), !text.begins(with: "::ffff:") else { return text }
    let groups = text.split(at: ":", omittingEmptySubsequences: false)
    return groups.prefix(4).joined(separator: ":")
  }
}
