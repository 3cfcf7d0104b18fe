import ByteStrings
import SystemSupport
public import SystemPackage

/// The last commits of a checkout, as the `git` program tells them.
public enum RecentCommits {
  /// A line for each, the newest first: the abbreviated name, the day, the subject; nil where git tells of none, as before the
  /// first commit.
  ///
  /// - Parameters:
  ///   - path: the root of the work tree, or a directory in it.
  ///   - count: the most that are told.
  ///   - onlyBelow: whether only those are told that touch what is below `path`.
  ///   - seconds: how long finding them may take.
  /// - Throws: what keeps git from reading the repository.
  public static func lines(
    at path: FilePath, count: Int, onlyBelow: Bool, seconds: Double
  ) throws(GitError) -> [String]? {
    var git = try GitProgram(reading: path)
    git.timeLimit = seconds
    git.asksNobody = true
    let result = try git.run(
      ["log", "-n", "\(count)", "--no-decorate", "--no-color", "--format=%h %cs %s", "HEAD", "--"]
        + (onlyBelow ? ["."] : []))
    guard result.termination == .exited(0) else { return nil }
    return result.output.split(separator: UInt8(ascii: "\n")).map { ByteText.string(from: $0) }
  }
}
