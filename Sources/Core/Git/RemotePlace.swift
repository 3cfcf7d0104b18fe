import SystemSupport
import ByteStrings
import SystemPackage

/// Decides whether a push to a URL leaves this computer.
public struct RemotePlace: Sendable {
  private let rewrites: URLRewrites
  private let pushRewrites: URLRewrites
  private let ssh: SSHConfiguration

  /// - Parameters:
  ///   - rewrites: `url.<base>.insteadOf`.
  ///   - pushRewrites: `url.<base>.pushInsteadOf`.
  public init(rewrites: URLRewrites, pushRewrites: URLRewrites, ssh: SSHConfiguration = SSHConfiguration()) {
    self.rewrites = rewrites
    self.pushRewrites = pushRewrites
    self.ssh = ssh
  }

  /// Whether a remote with these URLs is elsewhere, whichever of them is used: a path, a `file:` URL and any name of this
  /// computer are not.
  ///
  /// - Parameter pushes: `remote.<name>.pushurl`.
  public func isElsewhere(urls: [String], pushes: [String]) -> Bool {
    let pushed = pushes.isEmpty ? urls.map(pushRewrites.rewritten) : pushes
    let all = (urls + pushed).map(rewrites.rewritten)
    return !all.isEmpty && all.allSatisfy { isElsewhere($0) }
  }

  /// Whether a URL, as git uses it in the end, leads elsewhere.
  func isElsewhere(_ url: String) -> Bool {
    // `helper::address`; of these two the address is a command, or open files.
    if let colons = url.firstRange(of: "::"),
      url[..<colons.lowerBound].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" })
    {
      let helper = url[..<colons.lowerBound]
      if helper == "ext" || helper == "fd" { return false }
      let address = String(url[colons.upperBound...])
      return !address.begins(with: "/") && !address.begins(with: ".") && !address.begins(with: "~")
        && isElsewhere(address)
    }
    if let scheme = url.firstRange(of: "://") {
      if url[..<scheme.lowerBound].lowercased() == "file" { return false }
      let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      return isElsewhere(authority: String(authority))
    }
    // As git tells `host:path` from a path: by a colon before the first slash.
    guard let colon = url.firstIndex(at: ":"), url.firstIndex(at: "/").map({ colon < $0 }) ?? true else {
      return false
    }
    return isElsewhere(authority: String(url[..<colon]))
  }

  private func isElsewhere(authority: String) -> Bool {
    var host = authority.split(at: "@", omittingEmptySubsequences: false).last.map { String($0) } ?? ""
    if host.begins(with: "[") {
      host = String(host.dropFirst().prefix(before: "]"))
    } else if let colon = host.lastIndex(at: ":") {
      host = String(host[..<colon])
    }
    return !isThisComputer(host) && !(ssh.host(host).name.map(isThisComputer) ?? false)
  }

  private func isThisComputer(_ host: String) -> Bool {
    var host = host.lowercased()
    if host.ends(with: ".") { host.removeLast() }
    // An IPv4 address in the form of IPv6.
    if host.begins(with: "::ffff:"), host.holds(".") { host = String(host.dropFirst("::ffff:".utf8.count)) }
    let own = Host.fullName.lowercased()
    let name = own.prefix(before: ".")
    // As hosts(5) has them in Debian and in Fedora, and the name that mDNS gives a computer.
    let names = [
      "", "localhost", "localhost.localdomain", "localhost4", "localhost6", "localhost6.localdomain6",
      "ip6-localhost", "ip6-loopback", "::1", "::", "0.0.0.0", own, String(name), "\(name).local",
    ]
    return names.contains(host) || host.ends(with: ".localhost") || host.begins(with: "127.")
      || Host.addresses.contains(host)
  }
}
