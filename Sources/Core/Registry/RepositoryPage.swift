import ByteStrings
public import SystemPackage

/// The page of a repository for people, at the host that the URL of its remote leads to.
///
/// Hosting services say in their documentation where it is; at any other host it is taken to be where the URL leads, over https. It is
/// an `http` or `https` URL of plain characters only, with all else escaped: nothing that a shell, an option or a
/// terminal is made of.
public struct RepositoryPage: Equatable, Sendable {
  /// The page's URL.
  public let url: String

  /// - Parameter directory: the directory of the repository that is meant, where it is not the whole; its page is known of some
  ///   services, and of the others that of the repository stands for it.
  /// - Returns: nil for what has no page: a path, or a remote helper's address.
  public init?(_ remote: RemoteURL, directory: FilePath? = nil) {
    let text = remote.stored
    let place: Place?
    switch URLForm(ByteText.bytes(of: text)) {
    case .path: return nil
    case .helper("codecommit", _): place = Place(codeCommit: remote.normalized)
    case .helper: return nil
    case .url(let scheme, let rest):
      guard let transport = Transport(scheme) else { return nil }
      let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
      guard let authority = try? Authority(rest[..<end], text: text) else { return nil }
      place = Place(authority, transport, PercentEncoding.decoded(rest[end...]))
    case .scp(let host, let path):
      let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
      let inner = isBracketed ? host[1..<(host.count - 1)] : host[...]
      let isAddress = inner.count(where: { $0 == UInt8(ascii: ":") }) > 1
      guard let authority = try? Authority(isAddress ? host[...] : inner, text: text) else { return nil }
      let isEscaped = RepositoryPlace.hasEscapesInSCPForm(authority.host)
      place = Place(authority, .ssh, isEscaped ? PercentEncoding.decoded(path) : path)
    }
    guard var place else { return nil }
    if let directory { place.enter(directory.pathBytes.split(separator: UInt8(ascii: "/")).map(Array.init)) }
    guard let url = place.url else { return nil }
    self.url = url
  }

  /// The page that a project names itself, a ``WebPage``, as a URL of plain characters.
  public init?(homepage: String) {
    guard WebPage.isValid(homepage) else { return nil }
    url = Self.escaped(Array(homepage.utf8), keeping: "-._~:/?#[]@&+,;=%")
  }

  fileprivate static func escaped(_ bytes: [UInt8], keeping kept: String) -> String {
    var text = ""
    for byte in bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: text.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where kept.utf8.contains(byte): text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text +=
          "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
      }
    }
    return text
  }
}

/// Where a page is: the parts of its URL, as bytes that are not escaped yet.
private struct Place {
  private var scheme = "https"
  private var host: String
  private var port: Int?
  private var path: [[UInt8]]
  private var query: (name: String, value: [[UInt8]])?
  /// What stands between a repository and a directory of it; nil where nobody says.
  private var toDirectory: [String]?

  init(_ authority: Authority, _ transport: Transport, _ bytes: [UInt8]) {
    let place = RepositoryPlace(authority, transport, bytes)
    let written = RepositoryPlace.parts(bytes)
    let isWeb = transport == .http || transport == .https
    host = place.host
    path = Self.spelt(place.path, as: written)
    if isWeb {
      // What was left out of the place only because it is usual is part of the way all the same.
      port = authority.port == transport.defaultPort ? nil : authority.port
      if transport == .http { scheme = "http" }
    }
    switch place.server {
    case .bitbucket:
      becomeBitbucketServer(before: isWeb ? written.prefix { !$0.elementsEqual("scm".utf8) } : [])
    case .gerrit where !host.ends(with: ".googlesource.com"):
      let prefix = written.first.flatMap {
        ["r", "gerrit"].contains(String(decoding: $0, as: UTF8.self)) ? $0 : nil
      }
      path = (isWeb ? prefix.map { [$0] } ?? [] : []) + Self.parts("admin/repos") + path
    case .gerrit: break
    case nil: settle()
    }
  }

  /// - Parameter place: the normal form of a URL of AWS CodeCommit's helper, which names the region.
  init?(codeCommit place: String) {
    let parts = place.split(at: "/").map { Array($0.utf8) }
    guard let first = parts.first else { return nil }
    host = String(decoding: first, as: UTF8.self)
    path = Array(parts.dropFirst())
    guard host.begins(with: "git-codecommit.") else { return nil }
    settle()
  }

  /// `https://host[:port]/path[?query]`; nil where a part would lead elsewhere.
  var url: String? {
    guard !path.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) else {
      return nil
    }
    let isAddress = host.begins(with: "[")
    var url = "\(scheme)://" + RepositoryPage.escaped(Array(host.utf8), keeping: isAddress ? "[]:.-_" : "-._")
    if let port { url += ":\(port)" }
    url += "/" + path.map { RepositoryPage.escaped($0, keeping: "-._~+@:,=") }.joined(separator: "/")
    if let query {
      url +=
        "?\(query.name)=/"
        + query.value.map { RepositoryPage.escaped($0, keeping: "-._~") }.joined(separator: "/")
    }
    return url
  }

  /// Goes to a directory of the repository.
  mutating func enter(_ directory: [[UInt8]]) {
    guard !directory.isEmpty, let toDirectory else { return }
    if toDirectory == ["?path"] {
      query = ("path", directory)
    } else {
      path += toDirectory.map { Array($0.utf8) } + directory
    }
  }

  // MARK: Services

  /// What services document of their pages.
  ///
  /// - Azure DevOps, GitHub, GitLab and Bitbucket: where a clone's URL leads, and there `?path=`, `tree`, `-/tree` and `src`. Wikis are
  ///   repositories whose name ends in `.wiki`, at GitHub and GitLab.
  /// - AWS CodeCommit: "Browse files in a repository". Google Cloud Source Repositories: "Browse repositories".
  /// - Heroku, Overleaf: their dashboards. kernel.org and Savannah: names of pages end as those of repositories do.
  private mutating func settle() {
    let labels = host.split(at: ".").map(String.init)
    switch host {
    case "github.com":
      toDirectory = ["tree", "HEAD"]
      enterWiki(["wiki"])
    case "bitbucket.org": toDirectory = ["src", "HEAD"]
    case "dev.azure.com": toDirectory = ["?path"]
    case "git.sr.ht": toDirectory = ["tree", "HEAD", "item"]
    case "git.heroku.com": (host, path) = ("dashboard.heroku.com", Self.parts("apps") + path)
    case "git.overleaf.com": (host, path) = ("www.overleaf.com", Self.parts("project") + path)
    case "git.kernel.org": restoreEnd()
    case RepositoryPlace.savannah:
      path = Self.parts("cgit") + path
      restoreEnd()
    case "source.developers.google.com":
      // p/PROJECT/r/REPOSITORY
      guard path.count >= 4, path[0].elementsEqual("p".utf8), path[2].elementsEqual("r".utf8) else { return }
      (host, path) = ("source.cloud.google.com", [path[1]] + path[3...])
    default:
      if labels.count > 2, labels[0] == "git-codecommit", labels.contains("amazonaws") {
        return becomeCodeCommit(labels)
      }
      if labels.contains(where: { $0.begins(with: "gitlab") }) {
        toDirectory = ["-", "tree", "HEAD"]
        enterWiki(["-", "wikis"])
      }
    }
  }

  /// v1/repos/NAME, at git-codecommit.REGION.amazonaws.com.
  private mutating func becomeCodeCommit(_ labels: [String]) {
    let name = path.starts(with: Self.parts("v1/repos")) ? Array(path.dropFirst(2)) : path
    let domain = labels.last == "cn" ? "amazonaws.cn" : "aws.amazon.com"
    host = "\(labels[1]).console.\(domain)"
    path = Self.parts("codesuite/codecommit/repositories") + name + Self.parts("browse")
  }

  /// PROJECT/REPOSITORY, or ~USER/REPOSITORY, behind a path of the server's own.
  private mutating func becomeBitbucketServer(before prefix: some Sequence<[UInt8]>) {
    guard path.count == 2 else { return }
    let isUsers = path[0].first == UInt8(ascii: "~")
    let owner =
      isUsers ? Self.parts("users") + [Array(path[0].dropFirst())] : Self.parts("projects") + [path[0]]
    path = Array(prefix) + owner + Self.parts("repos") + [path[1]] + Self.parts("browse")
    toDirectory = []
  }

  private mutating func enterWiki(_ page: [String]) {
    guard path.count > 1, let last = path.last, last.count > 5, last.suffix(5).elementsEqual(".wiki".utf8)
    else { return }
    path[path.count - 1] = Array(last.dropLast(5))
    path += page.map { Array($0.utf8) }
    toDirectory = nil
  }

  private mutating func restoreEnd() {
    if let last = path.last { path[path.count - 1] = last + Array(".git".utf8) }
  }

  private static func parts(_ text: String) -> [[UInt8]] { text.split(at: "/").map { Array($0.utf8) } }

  /// A path whose case was taken away, as it was written.
  private static func spelt(_ path: [[UInt8]], as written: [[UInt8]]) -> [[UInt8]] {
    let end = Array(written.suffix(path.count))
    return end.map { $0.map(lowered) } == path.map { $0.map(lowered) } ? end : path
  }
}
