import SystemSupport
import ByteStrings
public import SystemPackage

/// What a directory has checked out, told from the file HEAD and without opening a repository.
public enum CheckedOutBranch {
  /// The branch that HEAD names in the repository that `directory` is, or is in, without `refs/heads/`.
  ///
  /// - Returns: nil where HEAD is detached, where there is no repository, and where its refs are not kept in files.
  /// - Throws: `ownedBySomeoneElse` for another user's repository, of which nothing is read.
  public static func read(at directory: FilePath) throws(GitError) -> String? {
    guard let found = Ownership.found(around: directory) else { return nil }
    if let foreign = found.foreign, !SafeDirectories.list(found.name) {
      throw Ownership.refusal(directory, foreign, found.name)
    }
    // A bare repository has none.
    let directory = GitDirectory.ofWorkTree(found.name) ?? found.name
    guard let head = try? Files.read(directory.appending("HEAD"), limit: 4096),
      head.starts(with: "ref:".utf8)
    else { return nil }
    let target = head.dropFirst(4).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      .prefix { $0 != UInt8(ascii: "\n") }
    let start = Array("refs/heads/".utf8)
    guard target.starts(with: start) else { return nil }
    let branch = ByteText.string(from: target.dropFirst(start.count))
    // What stands there for programs that do not know reftables.
    return branch == ".invalid" ? nil : branch
  }
}
