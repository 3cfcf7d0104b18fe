import Git
import Glibc
import Platform
import Registry
import RegistryStore
import SystemPackage
import Testing

/// A new directory with a registry in it, and the real `git` to make repositories with.
struct Scratch {
  let path: FilePath
  var registry: FilePath { path.appending("registry") }

  init(machine: String = "here") throws {
    var template = Array("/tmp/dev-infra-store-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    path = try #require(FilePath(platformString: made).resolved)
    try RegistryStore.create(at: registry, name: machine)
  }

  func open() throws -> RegistryStore { try RegistryStore.open(registry) }

  @discardableResult
  func git(_ arguments: String..., at directory: String = "") throws -> [UInt8] {
    var git = GitProgram(at: path.pushing(FilePath(directory)))
    git.environment = [
      "HOME": path.text, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x",
      "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@x",
    ]
    let result = try git.run(arguments)
    try #require(
      result.termination == .exited(0), "\(arguments): \(String(decoding: result.errors, as: UTF8.self))")
    return result.output
  }

  /// A repository with one commit of its own, and a remote where `url` is given.
  @discardableResult
  func repository(_ name: String, url: String? = nil) throws -> FilePath {
    try git("init", "-q", "-b", "main", "--", name)
    try git("commit", "-q", "--allow-empty", "-m", name, at: name)
    if let url { try git("remote", "add", "origin", url, at: name) }
    return path.appending(name)
  }
}

/// The entry of a project, made up.
func madeUp(_ record: String, name: String, updated: Int64 = 1, by machine: MachineID) throws -> Project {
  Project(
    id: try #require(RegistryStore.id(ofIdentity: record)), identity: record, name: name,
    created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: updated),
    updatedBy: machine)
}
