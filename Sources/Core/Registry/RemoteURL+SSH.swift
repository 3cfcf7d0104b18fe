import ByteStrings

/// The host of a URL that ssh is given: a name that ssh's configuration may have another one for.
extension RemoteURL {
  /// The host as it is written; nil where ssh does not see the URL, and for an address in brackets.
  public var sshHost: String? { sshParts.map { String(decoding: $0.host, as: UTF8.self) } }

  /// The same path at another host, as a machine without this machine's configuration reaches it; nil where that
  /// cannot be written.
  ///
  /// - Parameters:
  ///   - port: the port where the URL names none.
  ///   - user: who logs in where the URL names nobody.
  public func atSSHHost(_ host: String, port: Int?, user: String?) -> RemoteURL? {
    guard let parts = sshParts else { return nil }
    let login = parts.user.isEmpty ? user.map { Array($0.utf8) } ?? [] : parts.user
    let who = login.isEmpty ? [] : login + [UInt8(ascii: "@")]
    let isAddress = host.utf8.contains(UInt8(ascii: ":"))
    let place = Array((isAddress ? "[\(host)]" : host).utf8)
    let written =
      parts.port.isEmpty ? port.flatMap { $0 == 22 ? nil : Array("\($0)".utf8) } ?? [] : parts.port
    let behind = written.isEmpty ? [] : [UInt8(ascii: ":")] + written
    let text: [UInt8]
    if let scheme = parts.scheme {
      text = Array("\(scheme)://".utf8) + who + place + behind + parts.path
    } else if behind.isEmpty {
      text = who + place + [UInt8(ascii: ":")] + parts.path
    } else {
      guard !isAddress else { return nil }
      text = [UInt8(ascii: "[")] + who + place + behind + Array("]:".utf8) + parts.path
    }
    return try? RemoteURL(ByteText.string(from: text))
  }

  private struct SSHParts {
    /// Nil for the scp form.
    var scheme: String?
    var user: [UInt8] = []
    var host: [UInt8]
    var port: [UInt8] = []
    /// In the scp form behind the colon, else with the slash before it.
    var path: [UInt8]

    init?(scheme: String?, _ authority: ArraySlice<UInt8>, _ path: [UInt8]) {
      let at = authority.lastIndex(of: UInt8(ascii: "@"))
      let place = at.map { authority[($0 + 1)...] } ?? authority
      guard !place.isEmpty, place.first != UInt8(ascii: "[") else { return nil }
      let colon = place.firstIndex(of: UInt8(ascii: ":"))
      self.scheme = scheme
      user = at.map { Array(authority[..<$0]) } ?? []
      host = Array(place[..<(colon ?? place.endIndex)])
      port = colon.map { Array(place[($0 + 1)...]) } ?? []
      self.path = path
    }
  }

  private var sshParts: SSHParts? {
    switch URLForm(ByteText.bytes(of: stored)) {
    case .url(let scheme, let rest) where Transport(scheme) == .ssh:
      let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
      return SSHParts(scheme: scheme, rest[..<end], Array(rest[end...]))
    case .scp(let host, let path):
      let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
      let inner = isBracketed ? host[1..<(host.count - 1)] : host[...]
      // Within brackets more than one colon is an address.
      guard inner.count(where: { $0 == UInt8(ascii: ":") }) <= 1 else { return nil }
      return SSHParts(scheme: nil, inner, path)
    default: return nil
    }
  }
}
