import ByteStrings
import Registry

/// The parts of a checked URL that has a host, with the letters that it is written in.
struct HostedURL {
  let scheme: String
  let user: String?
  let host: String
  let port: String?
  /// Without the slash at its beginning, and without `.git` at its end.
  let path: String
  /// As it is written, without the slash at its beginning.
  let fullPath: String

  var isSSH: Bool { scheme == "ssh" }

  /// The URL of the folder that it is in, and its name there, both as they are written.
  var split: (folder: String, name: String) {
    let parts = fullPath.split(at: "/")
    let name = parts.last.map(String.init) ?? fullPath
    let folder = parts.dropLast().joined(separator: "/")
    let authority = (user.map { "\($0)@" } ?? "") + host + (port.map { ":\($0)" } ?? "")
    return ("\(scheme)://\(authority)" + (folder.isEmpty ? "" : "/\(folder)"), name)
  }

  /// The parts of a ``RemoteURL/stored`` text; nil for what is not a URL of a host.
  init?(_ url: String) {
    var rest = url[...]
    if let mark = Self.range(of: "://", in: url) {
      let scheme = url[..<mark.lowerBound]
      guard ["http", "https", "ssh", "git", "git+ssh", "ssh+git"].contains(scheme) else { return nil }
      self.scheme = scheme.ends(with: "ssh") || scheme.begins(with: "ssh") ? "ssh" : String(scheme)
      rest = url[mark.upperBound...]
      guard let slash = rest.firstIndex(at: "/") else { return nil }
      let (user, host, port) = Self.authority(rest[..<slash])
      (self.user, self.host, self.port) = (user, host, port)
      rest = rest[rest.index(after: slash)...]
    } else {
      guard RemoteURL.looksLikeURL(url), Self.range(of: "::", in: url) == nil, !url.begins(with: "["),
        let colon = url.firstIndex(at: ":")
      else { return nil }
      scheme = "ssh"
      let (user, host, _) = Self.authority(url[..<colon])
      (self.user, self.host, port) = (user, host, nil)
      rest = url[url.index(after: colon)...]
    }
    while rest.begins(with: "/") { rest = rest.dropFirst() }
    while rest.ends(with: "/") { rest = rest.dropLast() }
    guard !rest.isEmpty, !host.isEmpty else { return nil }
    fullPath = String(rest)
    path = rest.ends(with: ".git") && rest.utf8.count > 4 ? String(rest.dropLast(4)) : String(rest)
  }

  private static func authority(_ text: Substring) -> (user: String?, host: String, port: String?) {
    var host = text
    var user: String?
    if let at = host.lastIndex(at: "@") {
      user = String(host[..<at])
      host = host[host.index(after: at)...]
    }
    guard !host.begins(with: "["), let colon = host.firstIndex(at: ":") else {
      return (user, String(host), nil)
    }
    return (user, String(host[..<colon]), String(host[host.index(after: colon)...]))
  }

  private static func range(of mark: String, in text: String) -> Range<String.Index>? {
    let (bytes, wanted) = (text.utf8, Array(mark.utf8))
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index...].starts(with: wanted) { return index..<bytes.index(index, offsetBy: wanted.count) }
      index = bytes.index(after: index)
    }
    return nil
  }
}
