import CGit2
import GitOffline
import SystemPackage
import SystemSupport
import TestSupport
import Testing

import Git

/// Each thing that is done here since libgit2 does it badly or not at all names the fault and what mends it. Where one of these fails
/// the library has changed: see whether what it is for can go.
@Suite("What stands in for libgit2") struct LibGit2Tests {
  private static var version: (Int32, Int32, Int32) {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    git_libgit2_version(&major, &minor, &revision)
    return (major, minor, revision)
  }

  @Test(
    "LooseObjectReader, LooseObjectWriter: up to 1.9.7 a truncated file keeps it for ever, and each object waits for the disk"
  )
  func looseObjects() { #expect(Self.version <= (1, 9, 7)) }

  @Test("GitOffline: the library asks for certificates when it starts, where it is built over mbedTLS")
  func certificates() throws {
    try LibGit2.start()
    let maps = String(decoding: try Files.read("/proc/self/maps"), as: UTF8.self)
    #expect((git_offline_calls() > 0) == maps.contains("libmbedx509"))
  }

  @Test("SettingsOfGitAlone: a work tree's own settings, and those under hasconfig:, are not found")
  func settings() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r", url: "https://h.example/r")
    try scratch.git("config", "extensions.worktreeConfig", "true", at: "r")
    try scratch.git("config", "--worktree", "test.own", "found", at: "r")
    try scratch.write("more", "[test]\n\tunder = found\n")
    let condition = "includeIf.hasconfig:remote.*.url:https://h.example/**.path"
    try scratch.git("config", condition, scratch.path.appending("more").string, at: "r")
    let repository = try Repository.open(directory)
    let configuration = try repository.configuration()
    for key in ["test.own", "test.under"] {
      #expect(try scratch.git("config", key, at: "r") == "found")
      #expect(try configuration.string(key) == nil)
    }
  }

  @Test("IndexSummary.hasLinkedRules: a .gitignore that is a symbolic link is followed")
  func linkedRules() throws {
    let scratch = try Scratch()
    let directory = try scratch.repository("r")
    try scratch.write("rules", "*.o\n")
    try Files.makeLink(directory.appending(".gitignore"), to: "../rules")
    try LibGit2.start()
    var repository: OpaquePointer?
    defer { git_repository_free(repository) }
    #expect(git_repository_open(&repository, directory.string) == 0)
    var isIgnored: Int32 = 0
    #expect(git_ignore_path_is_ignored(&isIgnored, repository, "x.o") == 0)
    #expect(isIgnored == 1)
  }
}
