import ByteStrings
import Registry
import SystemPackage

/// A URL that is taken is the same place in its stored form; a password is in nothing that is stored, shown or compared.
enum URLProperties {
  private static let secret = "s3cr3tK3y"

  private static let helpers: Set<String> = ["gcrypt", "s3", "work-prod"]

  static func check(_ bytes: [UInt8]) throws {
    let text = ByteText.string(from: bytes)
    for helpers in [[], helpers] {
      if let url = try? RemoteURL(text, relativeTo: "/base/dir", helpers: helpers) {
        try checkStored(url, of: text, helpers)
        try checkNormalized(url, of: text)
      }
    }
    _ = RemoteURL.isAliasCandidate(text)
    let masked = RemoteURL.withoutSecrets(text)
    try require(
      RemoteURL.withoutSecrets(masked).utf8.elementsEqual(masked.utf8),
      "is masked otherwise again: \(text.debugDescription) as \(masked.debugDescription)")
    try checkSecret(bytes)
  }

  private static func checkStored(_ url: RemoteURL, of text: String, _ helpers: Set<String>) throws {
    let what = "\(text.debugDescription) as \(url.stored.debugDescription)"
    guard let again = try? RemoteURL(url.stored, helpers: helpers) else {
      throw PropertyViolation(description: "the stored form is refused: \(what)")
    }
    try require(again.stored.utf8.elementsEqual(url.stored.utf8), "is stored otherwise again: \(what)")
    try require(!again.droppedSecret, "the stored form has a secret: \(what)")
    try require(
      again.normalized.utf8.elementsEqual(url.normalized.utf8),
      "is another place again: \(what), \(url.normalized.debugDescription) and "
        + again.normalized.debugDescription)
  }

  /// The normal form names the same place: itself a path, or behind `git://`, or `ssh://` where it has git's port.
  private static func checkNormalized(_ url: RemoteURL, of text: String) throws {
    let normal = url.normalized
    // What goes to a helper keeps its scheme, and is no other URL's place.
    guard !normal.holds(text: "::"), !helpers.contains(where: { normal.begins(with: "\($0)://") }) else {
      return
    }
    let isLocal = normal.begins(with: "/")
    let authority = normal.prefix(before: "/")
    let scheme = authority.ends(with: ":9418") ? "ssh://" : "git://"
    // In a URL the zone of an address is written behind %25 (RFC 6874).
    let place = authority.replacing("%", with: "%25") + normal.dropFirst(authority.count)
    let form = isLocal ? normal : scheme + place
    // A ~ or an @ of the path may stand for something else behind another scheme.
    guard !form.utf8.contains(UInt8(ascii: "@")) else { return }
    guard let again = try? RemoteURL(form) else {
      throw PropertyViolation(
        description: "the normal form is refused: \(text.debugDescription) as \(form.debugDescription)")
    }
    try require(
      again.normalized.utf8.elementsEqual(normal.utf8),
      "the normal form has another: \(text.debugDescription) as \(normal.debugDescription), then "
        + again.normalized.debugDescription)
  }

  // MARK: Secrets

  /// `<u>` is a user, `<p>` a password, `<r>` more of a path.
  private static let forms = [
    "https://<u>:<p>@example.org/a/b<r>", "http://<u>:<p>@example.org:8080/a/b<r>",
    "https://<p>@example.org/a<r>", "https://example.org/a?<u>=<p><r>",
    "https://<u>:<p>@example.org?<u>=<p>#<p>", "ssh://<u>:<p>@example.org/a/b<r>",
    "git+ssh://<u>:<p>@example.org:22/a<r>", "git://<u>:<p>@example.org/a/b<r>",
    "work-prod::https://<u>:<p>@example.org/api<r>", "<u>:<p>@example.org:a/b<r>",
  ]

  /// A password made of the input's bytes around a mark that must not come out.
  private static func checkSecret(_ bytes: [UInt8]) throws {
    let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    let user = String(decoding: (parts.first ?? []).filter(isNameByte), as: UTF8.self)
    let around =
      parts.count > 1 ? String(decoding: parts[1].filter { $0 > 0x20 && $0 != 0x7F }, as: UTF8.self) : ""
    let rest = parts.count > 2 ? String(decoding: parts[2].filter(isNameByte), as: UTF8.self) : ""
    var choices = Choices(bytes)
    let cut = around.index(around.startIndex, offsetBy: choices.below(around.count + 1))
    let password = around[..<cut] + secret + around[cut...]
    let form = choices.pick(forms)
    // Without a scheme, what stands behind a colon and has a slash is a path.
    if !form.holds(text: "://"), password.utf8.contains(UInt8(ascii: "/")) { return }
    // Nor is what stands behind a slash a user's.
    if form.holds(text: "//<p>@"), password.utf8.contains(where: { "/?#".utf8.contains($0) }) { return }
    let text = form.replacing("<r>", with: rest)
      .replacing("<u>", with: user.isEmpty ? "u" : user).replacing("<p>", with: password)
    let what: [String]
    do throws(RefusedURL) {
      let url = try RemoteURL(text, relativeTo: "/base", helpers: ["work-prod"])
      what = [url.stored, url.normalized]
    } catch {
      what = [error.sentence]
    }
    for shown in what + [RemoteURL.withoutSecrets("reading '\(text)' failed: no")] {
      try require(!shown.holds(text: secret), "\(text.debugDescription) is told as \(shown.debugDescription)")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "%"), UInt8(ascii: "+"):
      true
    default: false
    }
  }
}
