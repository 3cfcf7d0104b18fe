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
  /// Those of the remotes that an upstream was asked of.
  private var parsedRefspecs: [ByteString: [FetchRefspec]] = [:]
  var defaultRemoteName: String?
  /// The remotes that `git fetch --all` passes over (`remote.<name>.skipFetchAll`, once `skipDefaultUpdate`).
  private var skipped: Set<ByteString> = []
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
      } else if let name = Self.subsection(of: key, in: "remote.", variable: ".skipfetchall")
        ?? Self.subsection(of: key, in: "remote.", variable: ".skipdefaultupdate")
      {
        // A key without `=` is true.
        if value.isEmpty || ConfigurationText.isTrue(value) {
          skipped.insert(ByteString(name))
        } else {
          skipped.remove(ByteString(name))
        }
      } else if let base = Self.subsection(of: key, in: "url.", variable: ".insteadof") {
        rewrites.append(.init(prefix: value, base: base))
      } else if key == "clone.defaultremotename" {
        defaultRemoteName = value
      }
    }
    for index in remotes.indices where skipped.contains(ByteString(remotes[index].name)) {
      remotes[index].isPassedOver = true
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
  /// that there is. Over PCRE2, and before 1.6 (<https://github.com/libgit2/libgit2/pull/6382>), it keeps 20 kB of each that does
  /// not match for good. This can go once no older version has to be served; Debian 12 has 1.5.1.
  mutating func upstream(ofBranch branch: String) -> String? {
    guard let remote = branchRemotes[ByteString(branch)], let merge = branchMerges[ByteString(branch)],
      !remote.isEmpty, !merge.isEmpty
    else { return nil }
    if remote == "." { return merge }
    for refspec in parsedRefspecs(of: ByteString(remote)) {
      if let kept = refspec.destination(of: merge) { return kept }
    }
    return nil
  }

  /// A remote has few refspecs, and may have a thousand branches.
  private mutating func parsedRefspecs(of remote: ByteString) -> [FetchRefspec] {
    if let known = parsedRefspecs[remote] { return known }
    let parsed = (refspecs[remote] ?? []).compactMap(FetchRefspec.init)
    parsedRefspecs[remote] = parsed
    return parsed
  }
}

/// A refspec by which refs are fetched.
private final class FetchRefspec {
  private let raw: OpaquePointer

  /// - Returns: nil for text that libgit2 does not take for a refspec; git ignores a negative refspec here.
  init?(_ text: String) {
    var raw: OpaquePointer?
    guard git_refspec_parse(&raw, text.cText, 1) == 0, let raw else { return nil }
    self.raw = raw
  }

  deinit { git_refspec_free(raw) }

  /// Where a ref of the remote is kept here; nil where it is not.
  func destination(of ref: String) -> String? {
    guard git_refspec_src_matches(raw, ref.cText) != 0, let kept = git_refspec_dst(raw), kept.pointee != 0
    else { return nil }
    var buffer = Buffer()
    guard git_refspec_transform(&buffer.raw, raw, ref.cText) == 0 else { return nil }
    return ByteText.string(from: buffer.rawBytes.prefix { $0 != 0 })
  }
}
