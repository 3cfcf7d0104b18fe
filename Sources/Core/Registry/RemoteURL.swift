import ByteStrings
public import SystemPackage

/// The URL of a remote, checked, freed of secrets, and in the form that compares.
///
/// Follows gitremote-helpers(7), git-clone(1) "GIT URLS" and git's `connect.c`. Allowed are paths, `file`, `git`,
/// `http`, `https`, `ssh` (also `git+ssh`, `ssh+git` and the scp form) and AWS CodeCommit's `codecommit::`, which names
/// a repository and nothing else. What could be taken for an option or run a command is refused, as is anything unknown,
/// and anything that may be a password where none can be told apart from the rest.
public struct RemoteURL: Equatable, Sendable {
  /// The URL as it may be stored, shown and handed to git: without the userinfo, query and fragment of http(s), and
  /// without a password of any other kind. An ssh user is kept.
  public let stored: String
  /// Whether something that may be secret was left out of ``stored``.
  public let droppedSecret: Bool
  /// Whether a user name was left out that is no secret: providers hand out `https://NAME@host/…` to tell accounts apart.
  public let droppedUser: Bool
  /// What makes two URLs the same place: `github.com/owner/name`, without scheme, user and default port, and with what a
  /// hosting service documents for itself made one (``RepositoryPlace``); or the absolute path of a local one. Bytes that
  /// are not readable text stand as `%XX`.
  public let normalized: String

  /// Reads the URL of a remote.
  ///
  /// - Parameters:
  ///   - text: the URL as configured; bytes that are not UTF-8 as `ByteText` carries them.
  ///   - directory: what a relative path is relative to; without it such a path is refused.
  ///   - helpers: the remote helpers that are taken, such as `gcrypt` of `gcrypt::address` or `s3` of `s3://bucket`: for a
  ///     registry's own remote `work-prod`, and what `GIT_ALLOW_PROTOCOL` names. A project's has none, so that no
  ///     project can be a registry's remote. `ext` and `fd`, which run commands, never are.
  /// - Throws: ``RefusedURL``.
  public init(
    _ text: String, relativeTo directory: FilePath? = nil, helpers: Set<String> = []
  ) throws(RefusedURL) {
    if let place = PlainURL.normalized(text) {
      self.init(stored: text, normalized: place)
    } else {
      try self.init(byAllRules: text, relativeTo: directory, helpers: helpers)
    }
  }

  /// As ``init(_:relativeTo:helpers:)``, of a URL of any form.
  package init(
    byAllRules text: String, relativeTo directory: FilePath? = nil, helpers: Set<String> = []
  ) throws(RefusedURL) {
    try self.init(text, relativeTo: directory, helpers: helpers, depth: 0)
    // What is stored is read by the same rules from now on; without its left-out parts a URL may be another one.
    guard !stored.hasSameBytes(as: text) else { return }
    let again = try RemoteURL(stored, relativeTo: directory, helpers: helpers, depth: 0)
    guard again.stored.hasSameBytes(as: stored), again.normalized.hasSameBytes(as: normalized),
      !again.isChanged
    else { throw RefusedURL(.notSimplest, text) }
  }

  private init(
    _ text: String, relativeTo directory: FilePath?, helpers: Set<String>, depth: Int
  ) throws(RefusedURL) {
    let bytes = ByteText.bytes(of: text)
    guard let first = bytes.first else { throw RefusedURL(.empty) }
    guard bytes.count <= Limits.url else {
      throw RefusedURL(.tooLong(bytes: bytes.count))
    }
    guard !text.holdsControl else { throw RefusedURL(.controlCharacter, text) }
    guard first != UInt8(ascii: "-") else { throw RefusedURL(.option, text) }
    switch URLForm(bytes) {
    case .helper(let name, let address):
      self = try Self.helper(name, address, text: text, helpers: helpers, depth: depth)
    case .url(let scheme, let rest):
      self = try Self.url(scheme, rest, text: text, helpers: helpers)
    case .scp(let host, let path):
      self = try Self.scp(host, path, text: text)
    case .path:
      self = try Self.path(bytes, text: text, directory: directory)
    }
  }

  private init(stored: String, droppedSecret: Bool = false, droppedUser: Bool = false, normalized: String) {
    self.stored = stored
    self.droppedSecret = droppedSecret
    self.droppedUser = droppedUser
    self.normalized = normalized
  }

  /// Whether anything was left out.
  public var isChanged: Bool { droppedSecret || droppedUser }

  /// Whether both are written with the same bytes.
  public static func == (left: RemoteURL, right: RemoteURL) -> Bool {
    left.stored.hasSameBytes(as: right.stored) && left.normalized.hasSameBytes(as: right.normalized)
      && left.droppedSecret == right.droppedSecret && left.droppedUser == right.droppedUser
  }

  /// Whether a text can be nothing but a URL, good or bad: it has a scheme, a remote helper, or a host and a path with a colon
  /// between.
  public static func looksLikeURL(_ text: String) -> Bool {
    if case .path = URLForm(ByteText.bytes(of: text)) { false } else { true }
  }

  /// Whether the text names no host of its own, such as `gh:owner/name`: then `url.<base>.insteadOf` says what it
  /// means, and is worth a look before ``init(_:relativeTo:helpers:)``.
  public static func isAliasCandidate(_ text: String) -> Bool {
    let bytes = ByteText.bytes(of: text)
    guard let first = bytes.first, first != UInt8(ascii: "-") else { return false }
    switch URLForm(bytes) {
    case .helper: return false
    case .url(let scheme, _): return scheme != "file" && Transport(scheme) == nil
    case .scp(let host, _):
      let name = host.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).last ?? []
      return name.first != UInt8(ascii: "[") && !name.contains(UInt8(ascii: "."))
        && !name.elementsEqual("localhost".utf8)
    case .path: return first != UInt8(ascii: "/") && first != UInt8(ascii: ".") && first != UInt8(ascii: "~")
    }
  }

  // MARK: Remote helpers

  /// The remote helper that git runs for a URL (gitremote-helpers(7)), and what it is told; nil where git needs none.
  public static func helper(of text: String) -> (name: String, address: String)? {
    switch URLForm(ByteText.bytes(of: text)) {
    case .helper(let name, let address): (name, ByteText.string(from: address))
    case .url(let scheme, _): scheme == "file" || Transport(scheme) != nil ? nil : (scheme, text)
    case .scp, .path: nil
    }
  }

  /// Whether a person may allow a remote helper of this name: one that runs commands never, and no name that git takes for
  /// something else.
  public static func isHelperName(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
    let isFirst = (0x30...0x39).contains(first) || (0x61...0x7A).contains(first)
    return isFirst && !commands.contains(name)
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "+-.".utf8.contains($0)
      }
  }

  // MARK: Forms

  /// Helpers whose address is a command, or the descriptors of one.
  private static let commands = ["ext", "fd"]

  private static func helper(
    _ name: String, _ address: [UInt8], text: String, helpers: Set<String>, depth: Int
  ) throws(RefusedURL) -> RemoteURL {
    let nested = ByteText.string(from: address)
    switch name.lowercased() {
    case let name where commands.contains(name): throw RefusedURL(.command, text)
    case "work-prod":
      guard helpers.contains("work-prod") else {
        throw RefusedURL(.registrysRemote, text)
      }
      guard case .url(let scheme, _) = URLForm(address), ["http", "https"].contains(scheme) else {
        throw RefusedURL(.noService, text)
      }
      let url = try RemoteURL(nested)
      return RemoteURL(
        stored: "work-prod::" + url.stored, droppedSecret: url.droppedSecret, droppedUser: url.droppedUser,
        normalized: "work-prod::" + url.normalized)
    case "codecommit":
      guard name == "codecommit", case .url(let region, let rest) = URLForm(address),
        CodeCommit.isRegion(region)
      else { throw RefusedURL(.noCodeCommit, text) }
      return try codeCommit("codecommit::\(region)://", rest, region: region, text: text)
    default:
      guard helpers.contains(name) else {
        throw RefusedURL(.helper(name), text)
      }
      guard depth < 4 else { throw RefusedURL(.manyHelpers, text) }
      // What follows is the helper's own; where it is a URL of a known kind, secrets can be taken out of it.
      if case .path = URLForm(address) {
        guard !address.isEmpty else { throw RefusedURL(.noPath, text) }
        guard address.first != UInt8(ascii: "-") else {
          throw RefusedURL(.option, text)
        }
        try Secrets.refuse(in: address)
        let place = strippedEnd(address)
        return RemoteURL(
          stored: text, normalized: "\(name)::\(place.isEmpty ? nested : ByteText.string(from: place))")
      }
      let url = try RemoteURL(nested, relativeTo: nil, helpers: helpers, depth: depth + 1)
      return RemoteURL(
        stored: "\(name)::\(url.stored)", droppedSecret: url.droppedSecret, droppedUser: url.droppedUser,
        normalized: "\(name)::\(url.normalized)")
    }
  }

  /// `[profile@]repository` behind a prefix. The profile names an account, and so is part of which repository it is;
  /// without one the region and the name say no less than a URL of https does.
  private static func codeCommit(
    _ prefix: String, _ rest: [UInt8], region: String? = nil, text: String
  ) throws(RefusedURL) -> RemoteURL {
    guard CodeCommit.isPlace(rest) else { throw RefusedURL(.noCodeCommit, text) }
    try Secrets.refuse(in: rest)
    let url = prefix + String(decoding: rest, as: UTF8.self)
    guard let region, !rest.contains(UInt8(ascii: "@")) else {
      return RemoteURL(stored: url, normalized: url)
    }
    return RemoteURL(stored: url, normalized: RepositoryPlace.codeCommit(region: region, repository: rest))
  }

  private static func url(
    _ scheme: String, _ rest: [UInt8], text: String, helpers: Set<String>
  ) throws(RefusedURL) -> RemoteURL {
    if scheme == "file" { return try file(rest, text: text) }
    if scheme == "codecommit" { return try codeCommit("codecommit://", rest, text: text) }
    guard !commands.contains(scheme) else { throw RefusedURL(.command, text) }
    guard let transport = Transport(scheme) else {
      guard helpers.contains(scheme) else {
        throw RefusedURL(.transport(scheme), text)
      }
      guard withoutSecrets(text).hasSameBytes(as: text) else { throw RefusedURL(.password, text) }
      try Secrets.refuse(in: rest)
      let place = strippedEnd(rest)
      guard !place.isEmpty else { throw RefusedURL(.noPath, text) }
      return RemoteURL(stored: text, normalized: "\(scheme)://\(ByteText.string(from: place))")
    }
    let isHTTP = transport == .http || transport == .https
    var end =
      rest.firstIndex { $0 == UInt8(ascii: "/") || (isHTTP && endsPath($0)) } ?? rest.endIndex
    var path = rest[end...]
    // "user:pass/word@host" reads as a host, a port and a path, and would be stored as such.
    guard !(Authority.holdsColon(rest[..<end]) && path.contains(UInt8(ascii: "@"))) else {
      throw RefusedURL(.atBehindColon)
    }
    let authority = try Authority(rest[..<end], text: text)
    end = isHTTP ? path.firstIndex(where: endsPath) ?? path.endIndex : path.endIndex
    let hadQuery = end < path.endIndex
    path = path[..<end]
    try Secrets.refuse(in: Array(path))
    if transport == .ssh { try Secrets.refuse(user: authority.user) }
    var stored = ByteText.bytes(of: scheme)
    stored.reserveCapacity(scheme.utf8.count + rest.count + 3)
    stored += "://".utf8
    if transport == .ssh, !authority.user.isEmpty { stored += authority.user + [UInt8(ascii: "@")] }
    stored += authority.hostAndPort
    stored += path
    let droppedUser = transport != .ssh && !authority.user.isEmpty
    return RemoteURL(
      stored: ByteText.string(from: stored),
      droppedSecret: authority.password || hadQuery
        || (droppedUser && Secrets.mayBeSecret(user: authority.user)),
      droppedUser: droppedUser,
      normalized: normalized(authority, transport, PercentEncoding.decoded(path)))
  }

  /// Whether a byte ends the path of http(s): a query or a fragment follows.
  private static func endsPath(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
  }

  private static func scp(_ host: [UInt8], _ path: [UInt8], text: String) throws(RefusedURL) -> RemoteURL {
    // In brackets the scp form may name a port: [user@host:22]:path.
    let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
    let inner = isBracketed ? host[1..<(host.count - 1)] : host[...]
    let isAddress = inner.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).count > 2
    var written = isAddress ? host[...] : inner
    // The user before an address may stand within its brackets.
    if isAddress, isBracketed, let at = inner.lastIndex(of: UInt8(ascii: "@")) {
      written = inner[...at] + [UInt8(ascii: "[")] + inner[(at + 1)...] + [UInt8(ascii: "]")]
    }
    let authority = try Authority(written, text: text)
    guard let first = path.first else { throw RefusedURL(.noPath, text) }
    guard first != UInt8(ascii: "-") else { throw RefusedURL(.option, text) }
    guard authority.host != "http", authority.host != "https" else {
      throw RefusedURL(.schemeWithoutSlashes(authority.host))
    }
    // user:password@host, with or without a path behind it; a backslash is the password's as well as any other byte.
    let head = path.prefix { $0 != UInt8(ascii: "/") }
    if authority.password || head.dropFirst().contains(UInt8(ascii: "@")) {
      throw RefusedURL(.passwordBeforeHost)
    }
    try Secrets.refuse(in: path)
    try Secrets.refuse(user: authority.user)
    let decoded = RepositoryPlace.hasEscapesInSCPForm(authority.host) ? PercentEncoding.decoded(path) : path
    return RemoteURL(stored: text, normalized: normalized(authority, .ssh, decoded))
  }

  private static func file(_ rest: [UInt8], text: String) throws(RefusedURL) -> RemoteURL {
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { throw RefusedURL(.noPath, text) }
    guard !rest[..<slash].contains(UInt8(ascii: "@")) else {
      throw RefusedURL(.userOfFile, text)
    }
    try Secrets.refuse(in: rest)
    // As with git: what stands for a host is part of the path.
    let decoded = PercentEncoding.decoded(slash == 0 ? rest : [UInt8(ascii: "/")] + rest)
    guard !ByteText.string(from: decoded).holdsControl, let path = FilePath(exactly: decoded) else {
      throw RefusedURL(.controlCharacter, text)
    }
    return RemoteURL(
      stored: ByteText.string(from: Array("file://".utf8) + rest), normalized: normalized(path))
  }

  private static func path(
    _ bytes: [UInt8], text: String, directory: FilePath?
  ) throws(RefusedURL) -> RemoteURL {
    guard var path = FilePath(exactly: bytes) else { throw RefusedURL(.controlCharacter, text) }
    // A URL whose scheme was lost: what follows two slashes is a host, with who is to log in there.
    let lead = bytes.prefix { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    let first = bytes.dropFirst(lead.count).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
    guard lead.count < 2 || !first.contains(UInt8(ascii: "@")) else {
      throw RefusedURL(.userWithoutScheme)
    }
    try Secrets.refuse(in: bytes)
    if path.isRelative {
      guard let directory, directory.isAbsolute else {
        throw RefusedURL(.relative, text)
      }
      path = directory.pushing(path)
    }
    let stored = ByteText.string(from: path.lexicallyNormalized().pathBytes)
    guard !stored.holdsControl else { throw RefusedURL(.controlCharacter, text) }
    return RemoteURL(stored: stored, normalized: normalized(path))
  }

  // MARK: Normal form

  private static func normalized(_ authority: Authority, _ transport: Transport, _ path: [UInt8]) -> String {
    RepositoryPlace(authority, transport, path).text
  }

  private static func normalized(_ path: FilePath) -> String {
    let bytes = strippedEnd(path.lexicallyNormalized().pathBytes)
    return bytes.isEmpty ? "/" : ByteText.string(from: bytes)
  }

  /// Without `/` and `.git` at the end, however often they come, unless `.` or `..` would be left of a name.
  static func strippedEnd(_ path: some Sequence<UInt8>) -> [UInt8] {
    var path = Array(path)
    while true {
      if path.last == UInt8(ascii: "/") {
        path.removeLast()
      } else if path.suffix(4).elementsEqual(".git".utf8) {
        let left = path.dropLast(4)
        let name = left[((left.lastIndex(of: UInt8(ascii: "/")) ?? left.startIndex - 1) + 1)...]
        if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { return path }
        path.removeLast(4)
      } else {
        return path
      }
    }
  }
}

/// ASCII lower case: what case means elsewhere depends on the version of Unicode.
func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
