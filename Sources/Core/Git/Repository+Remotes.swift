import CGit2
import SystemSupport
import ByteStrings

extension Repository {
  /// The names of the configured remotes, in no order.
  public func remoteNames() throws(GitError) -> [String] {
    var names = git_strarray()
    try check(git_remote_list(&names, handle.raw), "listing the remotes of", gitDirectory.visible)
    defer { git_strarray_dispose(&names) }
    return (0..<names.count).compactMap { index in names.strings[index].map { ByteText.string(fromC: $0) } }
  }
}
