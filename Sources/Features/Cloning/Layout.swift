import SystemSupport
import ByteStrings
package import Registry
package import SystemPackage

/// Where a project's clone goes.
package enum Layout: String, Sendable {
  /// Below the root as in the URL: `github.com/owner/name`.
  case url = "host/owner/name"
  /// Below the home directory as on the machine that has the project.
  case home

  /// The place below the root that a URL gives: its host, and its path without `.git`.
  ///
  /// The spelling is the URL's own, although on hosts that ignore case the same project can be spelt otherwise. A URL
  /// that is a path goes below `localhost`.
  ///
  /// - Throws: ``CloningError`` where a part of it is not a name for a directory.
  package static func place(of url: RemoteURL) throws(CloningError) -> FilePath {
    let normalized = url.normalized
    if url.stored.begins(with: "codecommit:") { return try codeCommitPlace(url.stored) }
    let path = normalized.begins(with: "/") ? "localhost" + normalized : normalized
    guard let slash = path.firstIndex(at: "/") else {
      throw .urlWithoutPath(url.stored)
    }
    let host = path[..<slash]
    // No host is called so, and below a root that is the home directory it would be somebody's settings.
    guard !host.begins(with: ".") else {
      throw .hiddenHost(String(host))
    }
    return try checked(String(host) + spelling(of: String(path[slash...]), in: url.stored))
  }

  /// `codecommit/REGION/PROFILE/REPOSITORY` of a URL of AWS CodeCommit's remote helper; region and profile where it has them.
  private static func codeCommitPlace(_ url: String) throws(CloningError) -> FilePath {
    let parts = url.unicodeScalars.dropFirst("codecommit".count).split { ":/@".unicodeScalars.contains($0) }
    return try checked((["codecommit"] + parts.map { String($0) }).joined(separator: "/"))
  }

  /// `path` as it is spelt in `text`, where it is there in another case.
  private static func spelling(of path: String, in text: String) -> String {
    let wanted = Array(path.utf8.dropFirst())
    let lower = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    guard wanted.count <= lower.count,
      let start = (0...(lower.count - wanted.count)).last(where: { lower[$0...].starts(with: wanted) })
    else { return path }
    let bytes = Array(text.utf8)[start..<(start + wanted.count)]
    return "/" + String(decoding: bytes, as: UTF8.self)
  }

  /// The place below the home directory that a path has on a machine with the home directory `home`.
  ///
  /// - Parameter home: nil where it is not known; then a path below `/home/NAME`, `/Users/NAME` or `/root` still tells.
  package static func place(of path: FilePath, below home: FilePath?) throws(CloningError) -> FilePath {
    var below = path
    if let home, below.removePrefix(home), !below.isEmpty { return try checked(below.text) }
    var parts = path.text.split(at: "/")[...]
    if home == nil, parts.count > 2, ["home", "Users"].contains(parts.first) {
      parts = parts.dropFirst(2)
    } else if home == nil, parts.count > 1, parts.first == "root" {
      parts = parts.dropFirst()
    } else {
      throw .outsideHomeThere(path)
    }
    return try checked(parts.joined(separator: "/"))
  }

  /// The bounds of a place: how many names it has, and how long each is.
  package static let limits = (parts: 32, name: 255)

  /// The place beside a repository that it would be inside of: `platform/build+soong` for `platform/build/soong`.
  ///
  /// A clone inside the work tree of another would put a stranger's files among that project's own.
  ///
  /// - Parameter outer: how many of the names are that repository's.
  package static func beside(_ place: FilePath, outer: Int) throws(CloningError) -> FilePath {
    let parts = place.components.map { FilePath(root: nil, [$0]).text }
    let name = parts.dropFirst(outer - 1).joined(separator: "+")
    return try checked((parts.prefix(outer - 1) + [name]).joined(separator: "/"))
  }

  /// Checks that nothing would be run from a place below the home directory: no name on the way begins with a
  /// dot, where programs keep what they start and whom they trust, and it is not a directory that programs are looked for in.
  ///
  /// - Parameter path: `PATH`.
  package static func requireNoPrograms(
    in place: FilePath, home: FilePath, _ path: String
  ) throws(CloningError) {
    var below = place
    guard below.removePrefix(home), !below.isEmpty else {
      throw .outsideHome(place)
    }
    let parts = below.components.map { FilePath(root: nil, [$0]).text }
    if let hidden = parts.first(where: { $0.begins(with: ".") }) {
      throw .hiddenName(hidden, in: below)
    }
    // ~/bin is on PATH at the next login where it is there.
    let searched = path.split(at: ":").map { FilePath(text: String($0)).lexicallyNormalized() }
    for directory in searched + [home.appending("bin")] where directory.isAbsolute && directory != home {
      if place == directory || place.starts(with: directory)
        || (directory.starts(with: place) && directory.starts(with: home))
      {
        throw .programsDirectory(directory)
      }
    }
  }

  /// Whether a relative path from another machine is one that a directory of the user's may have.
  static func isUsable(_ path: FilePath) -> Bool { (try? checked(path.text)) != nil }

  /// The path, every part of which is one that a directory of the user's may have: it comes from other machines.
  private static func checked(_ text: String) throws(CloningError) -> FilePath {
    let parts = text.split(at: "/", omittingEmptySubsequences: false)
    guard parts.count <= limits.parts else {
      throw .tooManyNames(text, limit: limits.parts)
    }
    for part in parts {
      if let fault = fault(of: String(part)) { throw .unusableName(String(part), in: text, fault) }
    }
    return FilePath(text: text)
  }

  private static func fault(of part: String) -> CloningError.NameFault? {
    let bytes = ByteText.bytes(of: part)
    if bytes.isEmpty || part == "." || part == ".." || part.holdsControl {
      return .notAName
    }
    if part.begins(with: "-") { return .option }
    if bytes.count > limits.name { return .longerThan(bytes: limits.name) }
    if GitNames.isDotGit(bytes) { return .gitsOwn }
    return nil
  }
}
