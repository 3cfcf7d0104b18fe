import SystemSupport
import SystemPackage
import TestSupport
import Testing

import Git

@Suite struct RepositoryTests {
  @Test func makesABareRepositoryOnce() throws {
    let scratch = try Scratch()
    let directory = try scratch.bare("a b")
    #expect(try scratch.git("symbolic-ref", "HEAD", at: "a b") == "refs/heads/main")
    #expect(try scratch.git("rev-parse", "--is-bare-repository", at: "a b") == "true")
    #expect(try scratch.git("config", "--get-all", "core.bare", at: "a b") == "true")
    #expect(Files.kind(of: directory.pushing("hooks/pre-commit.sample")) == nil)
    let repository = try Repository.open(directory)
    let isBare = repository.isBare
    #expect(isBare)
    let blob = try repository.writeBlob([1])
    _ = try Repository.initializeBare(at: directory)
    #expect(try Repository.open(directory).blob(blob) == [1])
  }

  @Test func opensOnlyWhatIsThere() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("r")
    try Files.makeDirectory(scratch.path.pushing("r/sub"))
    _ = try Repository.open(scratch.path.appending("r"))
    #expect(kindOfFailure { _ = try Repository.open(scratch.path.pushing("r/sub")) } == .notARepository)
    #expect(kindOfFailure { _ = try Repository.open(scratch.path.appending("none")) } == .notARepository)
    #expect(try Repository.discover(from: scratch.path.pushing("r/sub")) == scratch.path.pushing("r/.git"))
    #expect(try Repository.discover(from: FilePath("/")) == nil)
  }

  @Test func saysWhoseARepositoryIs() throws {
    // Only root can make a file somebody else's.
    guard SystemPrograms.areRoots else { return }
    let scratch = try Scratch()
    let directory = try scratch.repository("it's")
    try SystemPrograms.give(directory, toUser: 12345)
    try SystemPrograms.give(directory.appending(".git"), toUser: 12345)
    for read in [{ _ = try Repository.open(directory) }, { _ = try RepositoryInfo.read(at: directory) }] {
      do {
        try read()
        Issue.record("opened")
      } catch let error as GitError {
        #expect(error.kind == .ownedBySomeoneElse)
        #expect(error.reason.contains("12345"))
        #expect(error.remedy == .trust(directory))
      }
    }
    let bare = try scratch.bare()
    try SystemPrograms.give(bare, toUser: 12345)
    #expect(kindOfFailure { _ = try Repository.open(bare) } == .ownedBySomeoneElse)
  }

  @Test func tellsDamageAndUnknownFormatsApart() throws {
    let scratch = try Scratch()
    _ = try scratch.repository("a")
    try scratch.write("a/.git/config", "[core\n")
    #expect(kindOfFailure { _ = try Repository.open(scratch.path.appending("a")) } == .damaged)
    _ = try scratch.repository("b")
    try scratch.git("config", "core.repositoryFormatVersion", "1", at: "b")
    try scratch.git("config", "extensions.worktreeConfig", "true", at: "b")
    #expect(kindOfFailure { _ = try Repository.open(scratch.path.appending("b")) } == .unsupportedExtension)
    try scratch.write("c/.git/HEAD", "nonsense")
    #expect(kindOfFailure { _ = try Repository.open(scratch.path.appending("c")) } == .damaged)
  }

  @Test func settingsAreReadAndWritten() throws {
    let scratch = try Scratch()
    let repository = try Repository.open(scratch.bare())
    let configuration = try repository.configuration()
    #expect(try configuration.string("dev-infra.machine") == nil)
    try configuration.change([.set("dev-infra.machine", to: "é \"quoted\" ; # \\ \n end")])
    #expect(try configuration.string("dev-infra.MACHINE") == "é \"quoted\" ; # \\ \n end")
    #expect(
      try scratch.git("config", "dev-infra.machine", at: "bare") == "é \"quoted\" ; # \\ \n end")
    try configuration.change([.add("dev-infra.roots", "/a"), .add("dev-infra.roots", "/b")])
    try configuration.change([.add("dev-infra.roots", "")])
    #expect(try configuration.strings("dev-infra.roots") == ["/a", "/b", ""])
    #expect(try configuration.localStrings("dev-infra.roots") == ["/a", "/b", ""])
    #expect(try scratch.git("config", "--get-all", "dev-infra.roots", at: "bare") == "/a\n/b\n")
    try configuration.change([.unset("dev-infra.roots")])
    try configuration.change([.unset("dev-infra.roots")])
    #expect(try configuration.strings("dev-infra.roots") == [])
    try scratch.git("config", "remote.My.Fork.url", "x", at: "bare")
    #expect(try configuration.string("REMOTE.My.Fork.URL") == "x")
    #expect(try configuration.localString("remote.my.fork.url") == nil)
    #expect(kindOfFailure { _ = try configuration.string("no_such key") } == .invalid)
    #expect(kindOfFailure { try configuration.change([.set("x.y", to: "a\0b")]) } == .invalid)
  }

  @Test func severalSettingsChangeTogetherOrNotAtAll() throws {
    let scratch = try Scratch()
    let bare = try scratch.bare()
    let repository = try Repository.open(bare)
    let configuration = try repository.configuration()
    let file = bare.appending("config")
    try Files.setMode(of: file, to: 0o640)
    let before = try Files.read(file)
    #expect(
      kindOfFailure { try configuration.change([.set("a.b", to: "c"), .set("no_such key", to: "d")]) }
        == .invalid)
    #expect(try Files.read(file) == before)
    // git's own lock file keeps this writer out as well, and stays.
    try scratch.write("bare/config.lock")
    #expect(kindOfFailure { try configuration.change([.set("a.b", to: "c")]) } == .locked)
    #expect(try Files.read(file) == before)
    Files.remove(bare.appending("config.lock"))
    try configuration.change([.set("a.b", to: "c"), .set("a.d", to: "e")])
    #expect(try configuration.strings("a.b") + configuration.strings("a.d") == ["c", "e"])
    #expect(try Files.names(in: bare).allSatisfy { !$0.starts(with: "config.".utf8) })
    #expect(Stat(at: file)?.modeBits == 0o640)
  }

  @Test func settingsHaveTypes() throws {
    let scratch = try Scratch()
    _ = try scratch.bare("typed")
    var text = try String(decoding: Files.read(scratch.path.pushing("typed/config")), as: UTF8.self)
    text += "[t]\n yes = on\n no = off\n plain\n n = 2k\n bad = maybe\n"
    try scratch.write("typed/config", text)
    let configuration = try Repository.open(scratch.path.appending("typed")).configuration()
    #expect(try configuration.bool("t.yes") == true)
    #expect(try configuration.bool("t.no") == false)
    #expect(try configuration.bool("t.plain") == true)
    #expect(try configuration.bool("t.none") == nil)
    #expect(try configuration.int("t.n") == 2048)
    #expect(kindOfFailure { _ = try configuration.int("t.bad") } == .invalid)
    #expect(kindOfFailure { _ = try configuration.bool("t.bad") } == .invalid)
  }

  @Test func settingsOfTheEnvironmentAreReadAsGitHasThem() {
    let variables = [
      "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": "Remote.Up.URL", "GIT_CONFIG_VALUE_0": "a",
      "GIT_CONFIG_KEY_1": "remote.Up.url", "GIT_CONFIG_VALUE_1": "b", "GIT_CONFIG_KEY_2": "x.y",
    ]
    let settings = EnvironmentSettings { variables[$0] }
    #expect(settings.values(of: "remote.Up.Url") == ["a", "b"])
    #expect(settings.values(of: "remote.up.url") == [])
    #expect(settings.values(of: "x.y") == [])
    #expect(EnvironmentSettings { ["GIT_CONFIG_COUNT": "-1"][$0] }.all.isEmpty)
  }
}
