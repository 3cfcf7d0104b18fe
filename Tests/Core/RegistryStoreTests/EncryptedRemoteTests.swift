import Git
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The way of an encrypted remote, with git's part made up: which repository is asked for what, and in which order.
@Suite struct EncryptedRemoteTests {
  private struct Call: Equatable {
    let words: [String]
    let repository: FilePath
    let helpers: GitTransport.Helpers
  }

  /// What gcrypt calls the list of what there is.
  private static let list = "91bd0c092128cf2e60e1a608c31e92caf1f9c1595f83f2890ef17c0e4881aa0a"
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch(machine: "here")
    try scratch.git("config", "gcrypt.participants", "ABC DEF", at: "registry")
    try scratch.git("config", "dev-infra.remoteHelper", "gcrypt", at: "registry")
  }

  private func encrypted(_ store: borrowing RegistryStore) throws -> EncryptedRemote {
    try #require(try EncryptedRemote("host", url: "gcrypt::https://example.org/r", in: store))
  }

  @Test func onlyWhatGitReachesByItselfGoesByACopy() throws {
    let store = try scratch.open()
    #expect(try encrypted(store).address == "https://example.org/r")
    for url in ["https://example.org/r", "gcrypt::https://example.org/r#other", "work-prod::https://x", ""] {
      #expect(try EncryptedRemote("host", url: url, in: store) == nil, "\(url)")
    }
  }

  @Test func whatOnlyAsksGoesStraightToTheHost() throws {
    let store = try scratch.open()
    var calls: [Call] = []
    _ = try encrypted(store).run(["ls-remote", "--", "host", "refs/heads/main"], in: store) {
      words, repository, helpers, _ in
      calls.append(Call(words: words, repository: repository, helpers: helpers))
      return (true, [], [])
    }
    #expect(
      calls == [
        Call(
          words: ["ls-remote", "--", "https://example.org/r", "refs/heads/main"],
          repository: scratch.registry,
          helpers: .allowed(["gcrypt"]))
      ])
  }

  @Test func aHostThatHasNothingIsNotDecrypted() throws {
    let store = try scratch.open()
    let remote = try encrypted(store)
    var calls: [FilePath] = []
    let outcome = try remote.run(["fetch", "--", "host", "x"], in: store) { _, repository, _, _ in
      calls.append(repository)
      return (true, [], [])
    }
    #expect(outcome.succeeded && calls == [remote.copy])
  }

  @Test func aHostThatIsNotReachedIsNotAskedTwice() throws {
    let store = try scratch.open()
    var calls = 0
    let outcome = try encrypted(store).run(["fetch", "--", "host", "x"], in: store) { _, _, _, _ in
      calls += 1
      return (false, [], Array("fatal: no".utf8))
    }
    #expect(!outcome.succeeded && outcome.errors == Array("fatal: no".utf8) && calls == 1)
  }

  @Test func whatWasEncryptedIsSentInThePlaceOfWhatItWasMadeFrom() throws {
    let store = try scratch.open()
    let remote = try encrypted(store)
    var calls: [Call] = []
    func push(_ sendingSucceeds: Bool) throws -> Bool {
      calls = []
      return try remote.run(["push", "--", "host", "x:y"], in: store) { words, repository, helpers, _ in
        calls.append(Call(words: words, repository: repository, helpers: helpers))
        guard helpers == .encryption else { return (sendingSucceeds, [], []) }
        // What gcrypt would leave: another commit, with the list of what there is.
        try scratch.shell(
          """
          export GIT_DIR="registry/cache/encrypted/$(ls registry/cache/encrypted | grep git)"
          blob=$(echo "\(calls.count)" | git hash-object -w --stdin)
          tree=$(printf '100644 blob %s\\t\(Self.list)\\n' "$blob" | git mktree)
          parent=$(git for-each-ref --format='-p %(objectname)' refs/heads/master)
          git update-ref refs/heads/master "$(git commit-tree $parent -m x "$tree")"
          """, at: "")
        return (true, [], [])
      }.succeeded
    }
    #expect(try !push(false))
    #expect(calls.map(\.repository) == [scratch.registry, remote.copy])
    #expect(calls[0].words == ["push", "--", remote.place, "x:y"])
    #expect(calls[1].words.contains("--force-with-lease=refs/heads/master:"))
    // One that was not taken leaves nothing that the next would build on.
    #expect(try Repository.open(remote.copy).reference("refs/heads/master") == nil)
    #expect(try push(true))
    let sent = try #require(try Repository.open(remote.copy).reference("refs/heads/master"))
    #expect(try push(true))
    #expect(calls[1].words.contains("--force-with-lease=refs/heads/master:\(sent.hex)"))
  }
}
