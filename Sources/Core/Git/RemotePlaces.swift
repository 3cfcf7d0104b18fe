import SystemSupport
import ByteStrings
import SystemPackage

/// The remotes that a repository's settings have, and which of them are on another computer.
struct RemotePlaces {
  /// By their names.
  let remotes: [(name: String, isElsewhere: Bool)]
  /// Whether git-svn(1) has a repository that it fetches from.
  let hasSubversion: Bool

  /// - Parameter configuration: the repository's, with all that counts for it.
  init(of configuration: borrowing Configuration) throws(GitError) {
    self.init(
      try configuration.entries { key in
        CStrings.begins(key, with: "remote.") || CStrings.begins(key, with: "url.")
          || CStrings.begins(key, with: "svn-remote.")
      })
  }

  /// - Parameter entries: settings in git's order, with normalised keys; others may be among them.
  init(_ entries: [(key: String, value: String)]) {
    func rewrites(_ variable: String) -> URLRewrites {
      URLRewrites(
        entries.compactMap { key, value in
          RemoteSettings.subsection(of: key, in: "url.", variable: variable).map {
            .init(prefix: value, base: $0)
          }
        })
    }
    var urls: [(name: String, urls: [String], pushes: [String])] = []
    for (key, value) in entries {
      for (variable, isPush) in [(".url", false), (".pushurl", true)] {
        guard let name = RemoteSettings.subsection(of: key, in: "remote.", variable: variable) else {
          continue
        }
        if !urls.contains(where: { $0.name.hasSameBytes(as: name) }) { urls.append((name, [], [])) }
        for index in urls.indices where urls[index].name.hasSameBytes(as: name) {
          if isPush { urls[index].pushes.append(value) } else { urls[index].urls.append(value) }
        }
      }
    }
    hasSubversion = entries.contains { $0.key.begins(with: "svn-remote.") && $0.key.ends(with: ".url") }
    guard !urls.isEmpty else {
      remotes = []
      return
    }
    let place = RemotePlace(rewrites: rewrites(".insteadof"), pushRewrites: rewrites(".pushinsteadof"))
    remotes = urls.map { ($0.name, place.isElsewhere(urls: $0.urls, pushes: $0.pushes)) }
  }

  /// The names of those on this computer.
  var here: [String] { remotes.filter { !$0.isElsewhere }.map(\.name) }

  /// Whether there is one on another computer.
  var hasElsewhere: Bool { hasSubversion || remotes.contains(where: \.isElsewhere) }

  /// Whether a ref says what some remote has, or had.
  static func isRemote(_ reference: String) -> Bool {
    reference.begins(with: "refs/remotes/") || reference.begins(with: "refs/prefetch/")
  }

  /// Whether a ref says what a remote elsewhere has.
  func isElsewhere(_ reference: String) -> Bool {
    guard Self.isRemote(reference) else { return false }
    let start = reference.begins(with: "refs/prefetch/") ? "refs/prefetch/remotes/" : "refs/remotes/"
    guard reference.begins(with: start) else { return false }
    let rest = reference.dropFirst(start.count)
    // A remote's name may have slashes in it.
    let owner = remotes.filter { rest.begins(with: $0.name + "/") }.max {
      $0.name.utf8.count < $1.name.utf8.count
    }
    return owner?.isElsewhere ?? hasSubversion
  }
}

extension Configuration {
  /// Whether a remote of this configuration is on another computer.
  public func isRemoteElsewhere(_ name: String) throws(GitError) -> Bool {
    try RemotePlaces(of: self).remotes.contains { $0.isElsewhere && $0.name.hasSameBytes(as: name) }
  }
}
