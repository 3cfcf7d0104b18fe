package import Console
import Platform
import Records
package import Registry
package import SystemPackage

/// Where a project's clone goes.
package enum Layout: String, Sendable {
  /// Below the root as the URL has it: `github.com/owner/name`.
  case url = "host/owner/name"
  /// Below the home directory as on the machine that has the project.
  case home

  /// The place below the root that a URL gives: its host, and its path without `.git`.
  ///
  /// The spelling is the URL's own, although on hosts that ignore case the same project can be spelt otherwise. A URL
  /// that is a path goes below `localhost`.
  ///
  /// - Throws: a `Failure` where a part of it is no name for a directory.
  package static func place(of url: RemoteURL) throws(Failure) -> FilePath {
    let normalized = url.normalized
    let path = normalized.hasPrefix("/") ? "localhost" + normalized : normalized
    guard let slash = path.firstIndex(of: "/") else {
      throw .fatal("its URL \(Quoting.visible(url.stored)) has no path")
    }
    let host = path[..<slash]
    return try checked(String(host) + spelling(of: String(path[slash...]), in: url.stored))
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
  package static func place(of path: FilePath, below home: FilePath?) throws(Failure) -> FilePath {
    var below = path
    if let home, below.removePrefix(home), !below.isEmpty { return try checked(below.text) }
    var parts = path.text.split(separator: "/")[...]
    if home == nil, parts.count > 2, ["home", "Users"].contains(parts.first) {
      parts = parts.dropFirst(2)
    } else if home == nil, parts.count > 1, parts.first == "root" {
      parts = parts.dropFirst()
    } else {
      throw .fatal("it is at \(path.visible) there, which is not below the home directory")
    }
    return try checked(parts.joined(separator: "/"))
  }

  /// The path, every part of which is one that a directory of the user's may have: it comes from other machines.
  private static func checked(_ text: String) throws(Failure) -> FilePath {
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      let controls = part.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
      guard !part.isEmpty, part != ".", part != "..", !part.hasPrefix("-"), !controls, part.utf8.count <= 255,
        part.lowercased() != ".git"
      else {
        throw .fatal(
          "'\(Quoting.visible(String(part)))' in '\(Quoting.visible(text))' is no name for a directory")
      }
    }
    return FilePath(text: text)
  }
}
