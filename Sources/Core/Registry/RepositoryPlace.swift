import ByteStrings

/// Where a URL says that a repository is, in the form that compares: host, port and the parts of the path.
///
/// Hosting services document several names, ports and paths for one repository; the rules here make one of them. A rule is
/// about what a service says of itself, or about a port or path that a known server has by default. Where that is not
/// known two places stay two: projects that are wrongly made one are worse than one that is registered twice, and
/// `dev-infra.<base>.insteadOf` is for the rest. A change of rules needs another `View.format`.
///
/// The result of all rules, read as the URL of another transport, has itself as its result.
struct RepositoryPlace {
  private(set) var host: String
  private(set) var port: Int?
  /// The parts of the path, never empty ones.
  private(set) var path: [[UInt8]]
  /// What serves it, where that is a program that has paths of its own, at hosts of any name.
  private(set) var server: Server?

  /// A program that serves repositories.
  enum Server {
    /// Bitbucket Data Center.
    case bitbucket
    /// Gerrit Code Review.
    case gerrit
  }

  /// - Parameter path: with its escapes decoded.
  init(_ authority: Authority, _ transport: Transport, _ path: [UInt8]) {
    host = Self.host(authority.host)
    port = authority.port == transport.defaultPort ? nil : authority.port
    self.path = Self.parts(path)
    if transport == .ssh, self.path.count > 1, self.path[0] == Self.bytes("~") {
      // The scp form counts from the home directory, which `/~/` stands for.
      self.path.removeFirst()
    }
    renameHost(transport)
    settleSavannah()
    if Self.caseless.contains(host) { lowercase() }
    settleAzure(transport, user: authority.user)
    settleGist()
    settleAzureServer(transport)
    settleBitbucketServer(transport, port: authority.port)
    settleGerrit(transport, port: authority.port)
  }

  /// The place of a repository at AWS CodeCommit whose URL names no profile.
  ///
  /// See "HTTPS connections to AWS CodeCommit repositories" in its user guide.
  static func codeCommit(region: String, repository: some Collection<UInt8>) -> String {
    let region = String(decoding: region.utf8.map(lowered), as: UTF8.self)
    let domain = region.begins(with: "cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    let name = parts(Array(repository)).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    return "git-codecommit.\(region).\(domain)/v1/repos/\(name)"
  }

  /// The place as text: `github.com/owner/name`.
  var text: String {
    let joined = Array(path.joined(separator: [UInt8(ascii: "/")]))
    let place = port.map { "\(host):\($0)" } ?? host
    return joined.isEmpty ? place : "\(place)/\(PercentEncoding.readable(joined))"
  }

  /// Whether paths of the scp form have escapes at this host, as those of other URLs have.
  static func hasEscapesInSCPForm(_ host: String) -> Bool {
    ["ssh.dev.azure.com", "vs-ssh.visualstudio.com"].contains(host)
  }

  // MARK: Rules for all hosts

  /// Hosts that take a path in any case. Codeberg runs Forgejo, which keeps names of owners and repositories apart by their
  /// lower case.
  static let caseless: Set<String> = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"]

  private static func host(_ name: String) -> String {
    if name.begins(with: "[") { return IPv6Address.canonical(name) }
    // A dot at the end only says that the name is a whole one.
    var name = name[...]
    while name.utf8.count > 1, name.ends(with: ".") { name = name.dropLast() }
    return String(name)
  }

  /// The parts of a path, without `.git` at the end.
  static func parts(_ path: [UInt8]) -> [[UInt8]] {
    var parts = path.split(separator: UInt8(ascii: "/"))
    while let last = parts.popLast() {
      let name = RemoteURL.strippedEnd(last)
      if !name.isEmpty { return parts.map(Array.init) + [name] }
    }
    return []
  }

  private mutating func lowercase() {
    path = Self.parts(Array(path.map { $0.map(lowered) }.joined(separator: [UInt8(ascii: "/")])))
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  // MARK: Rules of services

  /// Further names of hosts, with the ports that are documented for them beside the transport's own.
  ///
  /// - GitHub: "Using SSH over the HTTPS port". GitLab: "Alternative SSH port". Bitbucket: "Use SSH on port 443".
  /// - Hugging Face: "Getting Started with Repositories". Heroku: "Deploying with Git".
  /// - Google Cloud Source Repositories: "Authenticate by using SSH". AWS CodeCommit: "Regions and Git connection endpoints".
  /// - kernel.org: "How to use gitolite". GNOME and freedesktop.org: their GitLab's host for ssh. Fedora: "Package maintenance
  ///   guide". FreeBSD: "Committer's Guide".
  private static let names: [String: (host: String, ports: Set<Int>)] = [
    // Led on to the other, and what is copied from the address line of a browser that was given it.
    "www.github.com": ("github.com", []),
    "ssh.github.com": ("github.com", [443]), "altssh.gitlab.com": ("gitlab.com", [443]),
    "altssh.bitbucket.org": ("bitbucket.org", [443]), "hf.co": ("huggingface.co", []),
    "heroku.com": ("git.heroku.com", []),
    "source.developers.google.com": ("source.developers.google.com", [2022]),
    "gitolite.kernel.org": ("git.kernel.org", []),
    "ssh.gitlab.gnome.org": ("gitlab.gnome.org", []),
    "ssh.gitlab.freedesktop.org": ("gitlab.freedesktop.org", []),
    "pkgs.fedoraproject.org": ("src.fedoraproject.org", []), "gitrepo.freebsd.org": ("git.freebsd.org", []),
  ]

  private mutating func renameHost(_ transport: Transport) {
    if let name = Self.names[host], port.map(name.ports.contains) ?? true { (host, port) = (name.host, nil) }
    let (fips, plain) = ("git-codecommit-fips.", "git-codecommit.")
    if host.begins(with: fips), host.holds(text: ".amazonaws.com") {
      host = plain + host.dropFirst(fips.count)
    }
    // The review server of a host of Google's has its repositories, too.
    let review = "-review.googlesource.com"
    while host.ends(with: review), host.utf8.count > review.utf8.count {
      host = host.dropLast(review.count) + ".googlesource.com"
    }
    // Secure Source Manager: "Create and clone a repository".
    let (ssh, git) = ("-ssh", "-git")
    if host.ends(with: ".sourcemanager.dev"), let instance = host.split(at: ".").first,
      instance.ends(with: ssh)
    {
      host = String(instance.dropLast(ssh.count)) + git + host.dropFirst(instance.count)
    }
  }

  /// The host by which Savannah's repositories are compared.
  static let savannah = "git.savannah.gnu.org"

  /// Its other names: any of these beginnings with any of these ends.
  private static let savannahNames: Set<String> = Set(
    ["git.", "https.git.", "git.git."].flatMap { beginning in
      ["savannah.gnu.org", "savannah.nongnu.org", "sv.gnu.org", "sv.nongnu.org"].map { beginning + $0 }
    })

  /// Savannah has a repository under a path for each transport: `/git/` and `/r/` by http(s), `/srv/git/` by ssh, none by git, and
  /// `/cgit/` for its page.
  ///
  /// See "Using Git at Savannah", by which all of its names are of one host.
  private mutating func settleSavannah() {
    guard port == nil, Self.savannahNames.contains(host) else { return }
    host = Self.savannah
    let folders = ["git", "r", "srv", "cgit"].map(Self.bytes)
    while path.count > 1, folders.contains(path[0]) { path.removeFirst() }
  }

  /// `dev.azure.com/account/project/_git/repository`, in lower case: names there are the same in any case.
  ///
  /// See "Change your Git remote URLs" and "Use SSH key authentication" in the documentation of Azure DevOps. Its older
  /// names are below `visualstudio.com`, where the collection need not be named; a repository with the name of its project
  /// may be named without that.
  private mutating func settleAzure(_ transport: Transport, user: [UInt8]) {
    let old = ".visualstudio.com"
    guard port == nil, host == "dev.azure.com" || host == "ssh.dev.azure.com" || host.ends(with: old) else {
      return
    }
    lowercase()
    var rest = path[...]
    if host == "ssh.dev.azure.com" || host == "vs-ssh.visualstudio.com", rest.count == 4,
      rest.first == Self.bytes("v3")
    {
      return become(azure: rest[1], rest[2], rest[3])
    }
    let account: [UInt8]
    switch host {
    case "ssh.dev.azure.com": return
    case "dev.azure.com":
      guard let first = rest.popFirst() else { return }
      account = first
    default:
      account =
        host == "vs-ssh.visualstudio.com" ? user.map(lowered) : Array(host.dropLast(old.count).utf8)
      if rest.first == Self.bytes("defaultcollection") { rest.removeFirst() }
    }
    guard !account.isEmpty, account.allSatisfy(Self.isOfAccount) else { return }
    let marks = [Self.bytes("_git"), Self.bytes("_ssh")]
    let kinds = [Self.bytes("_full"), Self.bytes("_optimized")]
    let names = Array(rest)
    if names.count == 3, marks.contains(names[1]) {
      become(azure: account, names[0], names[2])
    } else if names.count == 4, marks.contains(names[1]), kinds.contains(names[2]) {
      become(azure: account, names[0], names[3])
    } else if names.count == 2, marks.contains(names[0]) {
      become(azure: account, names[1], names[1])
    }
  }

  /// Azure DevOps Server is at port 8080 by http, and by ssh at the usual one, with the same path.
  ///
  /// See "Default ports" and "Clone an existing Git repo" in its documentation. The server may have a path of its own before.
  private mutating func settleAzureServer(_ transport: Transport) {
    guard transport == .http, port == 8080, path.count > 2, path[path.count - 2] == Self.bytes("_git") else {
      return
    }
    port = nil
  }

  private static func isOfAccount(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
  }

  private mutating func become(azure account: [UInt8], _ project: [UInt8], _ repository: [UInt8]) {
    host = "dev.azure.com"
    path = [account, project, Self.bytes("_git"), repository]
  }

  /// A gist is named by its digits; who made it may stand before them.
  private mutating func settleGist() {
    guard host == "gist.github.com", let id = path.last, (1...2).contains(path.count) else { return }
    let digits = id.map(lowered)
    guard digits.count >= 5, digits.allSatisfy({ Hexadecimal.lenientValue(of: $0) != nil }) else { return }
    path = [digits]
  }

  /// `host/project/repository` in lower case, whether by http(s), which has `/scm/` before it, or by ssh at port 7999.
  ///
  /// See "Clone a repository" in the documentation of Bitbucket Data Center. The server may have a path of its own before.
  private mutating func settleBitbucketServer(_ transport: Transport, port written: Int?) {
    if transport == .ssh, written == 7999 {
      port = nil
      server = .bitbucket
      return lowercase()
    }
    guard (3...4).contains(path.count), transport == .http || transport == .https,
      !Self.caseless.contains(host)
    else { return }
    var rest = path[...]
    if rest.first == Self.bytes("bitbucket") || rest.first == Self.bytes("stash") { rest.removeFirst() }
    guard rest.count == 3, rest.first == Self.bytes("scm") else { return }
    path = Array(rest.dropFirst())
    server = .bitbucket
    if transport == .http, port == 7990 { port = nil }
    lowercase()
  }

  /// Gerrit: ssh at port 29418, and by http(s) with a login `/a/` before the path, behind a path of the server's own.
  ///
  /// See "Gerrit Code Review - Uploading Changes" and "- REST API", Authentication. Since `/a/` may be an owner elsewhere, a
  /// host has to be called so: `gerrit.…`, `review.…`, `….googlesource.com`.
  private mutating func settleGerrit(_ transport: Transport, port written: Int?) {
    if transport == .ssh, written == 29418 {
      port = nil
      server = .gerrit
      return
    }
    guard transport == .http || transport == .https else { return }
    let isGerrit =
      host.holds(text: "gerrit") || host.ends(with: ".googlesource.com")
      || (host.holds(text: "review")
        && host.split(at: ".").contains { $0.utf8.elementsEqual("review".utf8) || $0.ends(with: "-review") })
    guard isGerrit else { return }
    server = .gerrit
    var rest = path[...]
    if rest.count > 1, rest.first == Self.bytes("r") || rest.first == Self.bytes("gerrit") {
      rest.removeFirst()
    }
    if rest.count > 1, rest.first == Self.bytes("a") { rest.removeFirst() }
    path = Array(rest)
  }
}

/// The text of an IPv6 address, as RFC 5952 wants it.
private enum IPv6Address {
  /// - Parameter text: in brackets and lower case, perhaps with a zone behind `%`.
  /// - Returns: the text itself where it is not an address.
  static func canonical(_ text: String) -> String {
    let inner = text.dropFirst().dropLast()
    let address = inner.prefix(before: "%")
    guard let groups = groups(of: address) else { return text }
    return "[\(compressed(groups))\(inner.dropFirst(address.count))]"
  }

  private static func groups(of text: Substring) -> [UInt16]? {
    let halves = text.components(separatedByDoubleColon: ())
    guard (1...2).contains(halves.count) else { return nil }
    var parsed: [[UInt16]] = []
    for half in halves {
      var groups: [UInt16] = []
      for part in half.isEmpty ? [] : half.split(at: ":", omittingEmptySubsequences: false) {
        if part.holds("."), part.endIndex == text.endIndex {
          let bytes = part.split(at: ".", omittingEmptySubsequences: false).map { UInt8($0) }
          guard bytes.count == 4, let a = bytes[0], let b = bytes[1], let c = bytes[2], let d = bytes[3]
          else {
            return nil
          }
          groups += [UInt16(a) << 8 | UInt16(b), UInt16(c) << 8 | UInt16(d)]
        } else {
          guard (1...4).contains(part.count), let group = UInt16(part, radix: 16) else {
            return nil
          }
          groups.append(group)
        }
      }
      parsed.append(groups)
    }
    let count = parsed.map(\.count).reduce(0, +)
    if parsed.count == 1 { return count == 8 ? parsed[0] : nil }
    return count < 8 ? parsed[0] + Array(repeating: 0, count: 8 - count) + parsed[1] : nil
  }

  private static func compressed(_ groups: [UInt16]) -> String {
    var longest = 0..<0
    var index = 0
    while index < groups.count {
      let end = groups[index...].firstIndex { $0 != 0 } ?? groups.count
      if end - index > longest.count { longest = index..<end }
      index = max(end, index + 1)
    }
    func text(_ groups: ArraySlice<UInt16>) -> String {
      groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard longest.count > 1 else { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
  }
}

extension Substring {
  /// The parts between `::`.
  fileprivate func components(separatedByDoubleColon: Void) -> [Substring] {
    var parts: [Substring] = []
    var start = startIndex
    var index = startIndex
    while index < endIndex {
      if self[index...].begins(with: "::") {
        parts.append(self[start..<index])
        start = self.index(index, offsetBy: 2)
        index = start
      } else {
        index = self.index(after: index)
      }
    }
    return parts + [self[start...]]
  }
}
