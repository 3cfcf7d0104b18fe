import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// What a repository's settings say about remotes.
package struct RemoteSettings {
  var remotes: [RepositoryInfo.Remote] = []
  var branchRemotes: [ByteString: String] = [:]
  /// The first `merge` of each branch, which is the one that git calls its upstream.
  private var branchMerges: [ByteString: String] = [:]
  /// The `fetch` refspecs of each remote, in their order.
  private var refspecs: [ByteString: [String]] = [:]
  var defaultRemoteName: String?
  var rewrites: [RepositoryInfo.Rewrite] = []

  /// Whether a setting of this normalised key is looked at here at all.
  static func isWanted(_ key: UnsafePointer<CChar>) -> Bool {
    switch UInt8(bitPattern: key.pointee) {
    case UInt8(ascii: "r"): CStrings.begins(key, with: "remote.")
    case UInt8(ascii: "b"): CStrings.begins(key, with: "branch.")
    case UInt8(ascii: "u"): CStrings.begins(key, with: "url.")
    case UInt8(ascii: "c"): CStrings.areEqual(key, "clone.defaultremotename")
    default: false
    }
  }

  /// Takes settings in git's order: of two values for one thing the later counts, but of two URLs the first.
  init(_ entries: [(key: String, value: String)]) {
    for (key, value) in entries {
      if let name = Self.subsection(of: key, in: "remote.", variable: ".url") {
        if !remotes.contains(where: { $0.name.hasSameBytes(as: name) }) {
          remotes.append(.init(name: name, url: value))
        }
      } else if let branch = Self.subsection(of: key, in: "branch.", variable: ".remote") {
        branchRemotes[ByteString(branch)] = value
      } else if let branch = Self.subsection(of: key, in: "branch.", variable: ".merge") {
        if branchMerges[ByteString(branch)] == nil { branchMerges[ByteString(branch)] = value }
      } else if let name = Self.subsection(of: key, in: "remote.", variable: ".fetch") {
        refspecs[ByteString(name), default: []].append(value)
      } else if let base = Self.subsection(of: key, in: "url.", variable: ".insteadof") {
        rewrites.append(.init(prefix: value, base: base))
      } else if key == "clone.defaultremotename" {
        defaultRemoteName = value
      }
    }
  }

  static func subsection(of key: String, in section: String, variable: String) -> String? {
    guard key.begins(with: section), key.ends(with: variable),
      key.utf8.count > section.utf8.count + variable.utf8.count
    else { return nil }
    return String(key.dropFirst(section.count).dropLast(variable.count))
  }

  /// See ``RepositoryInfo/primaryRemote``.
  package static func primary(
    of remotes: [RepositoryInfo.Remote], defaultName: String?, currentBranchRemote: String?
  ) -> RepositoryInfo.Remote? {
    for name in [defaultName, "origin", currentBranchRemote] {
      if let name, let remote = remotes.first(where: { $0.name.hasSameBytes(as: name) }) { return remote }
    }
    return remotes.count == 1 ? remotes.first : nil
  }

  /// The remote of a branch's upstream; `.` is the repository itself and none.
  func remote(ofBranch branch: String?) -> String? {
    guard let branch, let remote = branchRemotes[ByteString(branch)], remote != "." else { return nil }
    return remote
  }

  /// The ref that a branch's upstream has here, `refs/remotes/origin/main`; nil where there is none, or no refspec leads to one.
  ///
  /// libgit2's `git_branch_upstream_name` answers it as well, and looks the remote up by a regular expression for every setting
  /// that there is: with PCRE2, libgit2 1.5.1 keeps 20 kB of each that does not match for good (`git_regexp_match` does not free
  /// its match data then).
  func upstream(ofBranch branch: String) -> String? {
    guard let remote = branchRemotes[ByteString(branch)], let merge = branchMerges[ByteString(branch)],
      !remote.isEmpty, !merge.isEmpty
    else { return nil }
    if remote == "." { return merge }
    for text in refspecs[ByteString(remote)] ?? [] {
      var refspec: OpaquePointer?
      // One that leaves refs out is none for libgit2, and git does not heed it here.
      guard git_refspec_parse(&refspec, text.cText, 1) == 0 else { continue }
      defer { git_refspec_free(refspec) }
      guard git_refspec_src_matches(refspec, merge.cText) != 0, let kept = git_refspec_dst(refspec),
        kept.pointee != 0
      else { continue }
      var buffer = Buffer()
      guard git_refspec_transform(&buffer.raw, refspec, merge.cText) == 0 else { continue }
      return ByteText.string(from: buffer.rawBytes.prefix { $0 != 0 })
    }
    return nil
  }
}
