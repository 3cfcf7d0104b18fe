import Git
import SystemSupport
import ByteStrings
public import SystemPackage

/// A new directory, and the real `git` to make repositories in it with.
public struct Scratch {
  /// The directory, which is also git's `HOME`.
  public let path: FilePath

  /// An empty one.
  public init() throws { path = try scratchDirectory() }

  /// Nothing of the user who runs the tests: the same commands make the same commits.
  private var environment: [String: String?] {
    [
      "HOME": path.text, "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": nil, "GIT_CONFIG_COUNT": nil,
      "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "C",
      "GIT_COMMITTER_EMAIL": "c@x",
      "GIT_AUTHOR_DATE": "1700000000 +0100", "GIT_COMMITTER_DATE": "1700000000 +0100",
    ]
  }

  /// Runs git in `directory` (below the scratch directory) and returns what it prints, without the last newline.
  @discardableResult
  public func git(_ arguments: String..., at directory: String = "", input: String = "") throws -> String {
    var git = GitProgram(.person, at: directory.isEmpty ? path : path.pushing(FilePath(directory)))
    git.input = Array(input.utf8)
    git.environment = environment
    return try output(of: git.run(arguments), "git \(arguments) in \(directory)")
  }

  /// Runs a line of shell in `directory` (below the scratch directory) and returns what it prints, without the last
  /// newline.
  @discardableResult
  public func shell(_ line: String, at directory: String) throws -> String {
    let place = path.pushing(FilePath(directory))
    var shell = ChildProcess("/bin/sh", ["-ec", "cd -- \"$1\"; \(line)", "sh", place.text])
    shell.environment = environment
    return try output(of: shell.run(), line)
  }

  private func output(of result: ChildProcess.Result, _ what: String) throws -> String {
    guard result.termination == .exited(0) else {
      throw FailedCommand(description: "\(what): \(String(decoding: result.errors, as: UTF8.self))")
    }
    return ByteText.string(from: result.output.last == 0x0A ? result.output.dropLast() : result.output)
  }

  /// A repository with so many commits, the same in each of its name, and a remote where `url` is given.
  @discardableResult
  public func repository(_ name: String, commits: Int = 1, url: String? = nil) throws -> FilePath {
    try git("init", "-q", "-b", "main", "--", name)
    for number in 0..<commits {
      try git("commit", "-q", "--allow-empty", "-m", "\(name) \(number)", at: name)
    }
    if let url { try git("remote", "add", "origin", url, at: name) }
    return path.pushing(FilePath(name))
  }

  /// Writes a file, and makes the directories above it.
  public func write(_ name: String, _ text: String = "") throws {
    let file = path.pushing(FilePath(name))
    try Files.makeDirectory(file.removingLastComponent())
    try Files.replace(file, with: Array(text.utf8), durable: false)
  }
}

/// A command of a test's preparations that failed.
private struct FailedCommand: Error, CustomStringConvertible {
  let description: String
}
