import Glibc
import Platform
import Records
import SystemPackage
import Testing

import Git

/// A new directory, and the real `git` to make repositories in it with.
struct Scratch {
  let path: FilePath

  init() throws {
    var template = Array("/tmp/dev-infra-git-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    path = try #require(FilePath(platformString: made).resolved)
  }

  /// Runs git in `directory` (below the scratch directory) and returns what it prints, without the last newline.
  @discardableResult
  func git(_ arguments: String..., at directory: String = "", input: String = "") throws -> String {
    var git = GitProgram(at: directory.isEmpty ? path : path.pushing(FilePath(directory)))
    git.input = Array(input.utf8)
    git.environment = [
      "HOME": path.text, "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": nil, "GIT_CONFIG_COUNT": nil,
      "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "C",
      "GIT_COMMITTER_EMAIL": "c@x",
      "GIT_AUTHOR_DATE": "1700000000 +0100", "GIT_COMMITTER_DATE": "1700000000 +0100",
    ]
    let result = try git.run(arguments)
    try #require(
      result.termination == .exited(0),
      "git \(arguments) in \(directory): \(String(decoding: result.errors, as: UTF8.self))")
    var output = result.output
    if output.last == 0x0A { output.removeLast() }
    return ByteText.string(from: output)
  }

  /// A repository with one commit.
  func repository(_ name: String, commits: Int = 1) throws -> FilePath {
    try git("init", "-q", "-b", "main", name)
    for number in 0..<commits { try git("commit", "-q", "--allow-empty", "-m", "\(number)", at: name) }
    return path.pushing(FilePath(name))
  }

  /// A bare repository of the kind that holds a registry.
  func bare(_ name: String = "bare") throws -> FilePath {
    let directory = path.appending(name)
    _ = try Repository.initializeBare(at: directory)
    return directory
  }

  func write(_ name: String, _ text: String = "") throws {
    let file = path.pushing(FilePath(name))
    try Files.makeDirectory(file.removingLastComponent())
    try Files.replace(file, with: Array(text.utf8), durable: false)
  }
}

/// The kind of the ``GitError`` that `body` throws; nil when it throws none.
func kindOfFailure(_ body: () throws -> Void) -> GitError.Kind? {
  do {
    try body()
    return nil
  } catch {
    return (error as? GitError)?.kind
  }
}

let signature = Signature(name: "Müller", email: "m@x", seconds: 1_700_000_000, offsetMinutes: -90)
