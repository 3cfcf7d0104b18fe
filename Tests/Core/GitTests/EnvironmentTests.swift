import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

@Suite struct EnvironmentTests {
  @Test(arguments: GitEnvironment.allCases)
  func namesItselfAndTiesGitToNoRepository(_ environment: GitEnvironment) throws {
    let variables = environment.variables
    #expect(variables["DEV_INFRA_GIT_ENVIRONMENT"] == environment.rawValue)
    let scratch = try Scratch()
    let listed = try #require(
      try GitProgram(.person, at: scratch.path).output(["rev-parse", "--local-env-vars"]))
    for line in listed.split(separator: UInt8(ascii: "\n")) {
      let name = String(decoding: line, as: UTF8.self)
      // By these two settings travel.
      if ["GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"].contains(name) { continue }
      #expect(variables[name] == .some(nil), "\(name)")
    }
  }

  /// The scripts cannot ask the sources, and asking git would take a process each time: they have the list once more, and
  /// nothing else has it.
  @Test func theVariablesThatTieGitToARepositoryAreListedTwiceAndTheSame() throws {
    let listed = Environment.repositoryVariables
    let root = FilePath(#filePath).removingLastComponent().pushing("../../..")
    var found: [String: Set<String>] = [:]
    func search(_ folder: FilePath) throws {
      for name in try Files.names(in: folder) {
        let path = folder.pushing(FilePath(bytes: name))
        if Files.kind(of: path) == .directory {
          try search(path)
          continue
        }
        let words = try Files.read(path).split { byte in
          !(byte == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte))
        }
        let names = Set(words.map { String(decoding: $0, as: UTF8.self) }).intersection(listed)
        if names.count > 2 { found[path.lastComponent?.string ?? ""] = names }
      }
    }
    for folder in ["Sources", "libexec", "bin", "completion"] { try search(root.pushing(FilePath(folder))) }
    #expect(found == ["Environment.swift": Set(listed), "dev-infra-sh-setup": Set(listed)])
  }

  @Test func readingFetchesNothingThatIsMissing() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    let mark = scratch.path.appending("ran")
    let head = try #require(try RepositoryInfo.read(at: directory).headCommit?.hex)
    for (key, value) in [
      ("core.repositoryFormatVersion", "1"), ("extensions.partialClone", "o"), ("remote.o.promisor", "true"),
      ("remote.o.url", "ssh://h/x"), ("core.sshCommand", "touch \(mark.text); false"),
      ("core.fsmonitor", "touch \(mark.text); false"), ("alias.remote-none", "!touch \(mark.text)"),
    ] { try scratch.git("config", key, value, at: "r") }
    Files.remove(directory.pushing(FilePath(text: ".git/objects/\(head.prefix(2))/\(head.dropFirst(2))")))
    for url in ["ssh://h/x", "none::x", "ext::touch \(mark.text)"] {
      try scratch.git("config", "remote.o.url", url, at: "r")
      let git = try GitProgram(reading: directory)
      _ = try? git.run(["rev-parse", "-q", "--verify", "HEAD^{commit}"])
      // As a git that does not know GIT_NO_LAZY_FETCH does it.
      var old = git
      old.environment["GIT_NO_LAZY_FETCH"] = .some(nil)
      _ = try? old.run(["rev-parse", "-q", "--verify", "HEAD^{commit}"])
      _ = try? old.run(["ls-files"])
      #expect(Files.kind(of: mark) == nil, "\(url)")
    }
  }

  @Test func hooksInAWorkTreeAreLookedForNowhere() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("r")
    let git = GitProgram(.person, at: scratch.path.appending("r"))
    #expect(try git.optionsAgainstHooksInWorkTrees() == [])
    for path in [".hooks", "./x", ""] {
      try scratch.git("config", "core.hooksPath", path, at: "r")
      #expect(try git.optionsAgainstHooksInWorkTrees() == ["-c", "core.hooksPath=/dev/null"])
    }
    for path in ["/etc/hooks", "~/hooks"] {
      try scratch.git("config", "core.hooksPath", path, at: "r")
      #expect(try git.optionsAgainstHooksInWorkTrees() == [])
    }
  }

  @Test func whatAWorktreeSharesIsTheUsersToo() throws {
    guard SystemPrograms.areRoots else { return }
    let scratch = try Scratch()
    _ = try scratch.repository("main")
    try scratch.git("worktree", "add", "-q", "../linked", at: "main")
    let linked = scratch.path.appending("linked")
    _ = try RepositoryInfo.read(at: linked)
    try SystemPrograms.give(scratch.path.pushing("main/.git"), toUser: 12345)
    do {
      _ = try RepositoryInfo.read(at: linked)
      Issue.record("read")
    } catch {
      #expect(error.kind == .ownedBySomeoneElse)
    }
    #expect(throws: GitError.self) { try GitProgram(reading: linked) }
  }
}
