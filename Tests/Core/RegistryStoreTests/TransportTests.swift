import Git
import Registry
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What sending and fetching tell of each thing that a remote may have done meanwhile, with git and a repository on this disk.
@Suite struct TransportTests {
  /// Keeps what is told.
  private final class Listener: RegistryDelegate, @unchecked Sendable {
    // One thread tells.
    var rewound: [ObjectID] = []
    var emptied = 0
    func note(_ notice: RegistryNotice) {
      switch notice {
      case .remoteRewound(_, let commit): rewound.append(commit)
      case .remoteEmptied: emptied += 1
      default: break
      }
    }
    func startMaintenance(of registry: FilePath) {}
  }

  private let scratch: Scratch
  private let listener = Listener()

  init() throws {
    scratch = try Scratch()
    try scratch.git("init", "-q", "--bare", "host")
    for name in ["one", "two"] {
      try RegistryStore.create(at: scratch.path.appending(name), name: name)
      try scratch.git("remote", "add", "origin", scratch.path.appending("host").text, at: name)
    }
  }

  private func open(_ name: String) throws -> RegistryStore {
    try RegistryStore.open(scratch.path.appending(name), delegate: listener)
  }

  /// Puts a project into a registry.
  ///
  /// - Returns: the commit with it.
  @discardableResult
  private func add(_ name: String, to store: borrowing RegistryStore) throws -> ObjectID {
    let project = try madeUp("id \(name)", name: name, by: store.machine.id)
    return try store.update { _ in
      RegistryChange([.project(project.id): project.json], message: "Add \(name)")
    }.new
  }

  private func send(
    _ commit: ObjectID, from store: borrowing RegistryStore, dryRun: Bool = false
  ) throws -> SendResult {
    try store.send(
      commit, to: RemoteBranch("origin", in: store), timeout: nil, relay: nil, dryRun: dryRun)
  }

  private func fetch(to store: borrowing RegistryStore) throws -> (old: ObjectID?, new: ObjectID?) {
    try store.fetch(RemoteBranch("origin", in: store), timeout: nil, relay: nil)
  }

  /// The commit at the host.
  private func host() throws -> String {
    try scratch.git("for-each-ref", "--format=%(objectname)", "refs/heads/main", at: "host")
  }

  @Test func whatIsSentIsKnownToBeThere() throws {
    let one = try open("one")
    let first = try add("a", to: one)
    #expect(try send(first, from: one, dryRun: true) == .sent(from: nil))
    #expect(try host() == "")
    #expect(try send(first, from: one) == .sent(from: nil))
    #expect(try host() == first.hex)
    #expect(try one.repository.reference("refs/remotes/origin/main") == first)
    #expect(try send(first, from: one) == .upToDate)
    let second = try add("b", to: one)
    let branch = try RemoteBranch("origin", in: one)
    #expect(try one.isSettled(by: branch))
    #expect(try send(second, from: one) == .sent(from: first))
    #expect(try one.repository.reference("refs/remotes/origin/main") == second)
    try scratch.shell("mv host gone", at: "")
    #expect(throws: RegistryStoreError.self) { try send(second, from: one) }
  }

  @Test func theSlowerOneIsToldSoAndChangesNothing() throws {
    let one = try open("one")
    let two = try open("two")
    let fast = try add("a", to: one)
    #expect(try send(fast, from: one) == .sent(from: nil))
    let slow = try add("b", to: two)
    #expect(try send(slow, from: two) == .rejected)
    #expect(try host() == fast.hex)
    #expect(try two.repository.reference("refs/remotes/origin/main") == nil)
    // With what it has missed it is taken.
    #expect(try fetch(to: two).new == fast)
    let merged = try two.merge(ours: slow, theirs: fast, strategy: .lastWrite, lost: nil, theirName: "origin")
    #expect(try send(merged.commit, from: two) == .sent(from: fast))
    #expect(try host() == merged.commit.hex)
  }

  @Test func anotherPushThatIsUnderWayIsToldApart() throws {
    let one = try open("one")
    #expect(try send(add("a", to: one), from: one) == .sent(from: nil))
    try scratch.write("host/refs/heads/main.lock")
    let before = try host()
    #expect(try send(add("b", to: one), from: one) == .locked)
    #expect(try host() == before)
  }

  @Test func aHostThatRefusesIsAnErrorInItsWords() throws {
    let one = try open("one")
    try scratch.write("host/hooks/pre-receive", "#!/bin/sh\necho closed for today >&2\nexit 1\n")
    try scratch.shell("chmod +x host/hooks/pre-receive", at: "")
    let commit = try add("a", to: one)
    let error = #expect(throws: RegistryStoreError.self) { try send(commit, from: one) }
    guard case .transport(let failure)? = error, case .refused(let reason, let said) = failure.cause else {
      return #expect(Bool(false), "\(String(describing: error))")
    }
    #expect(reason.contains("pre-receive") && said?.contains("closed for today") == true)
    #expect(failure.action == .push && failure.remote == "origin")
  }

  @Test func aFetchMovesWhatIsKnownForward() throws {
    let one = try open("one")
    let two = try open("two")
    #expect(try fetch(to: two) == (nil, nil))
    let first = try add("a", to: one)
    _ = try send(first, from: one)
    #expect(try fetch(to: two) == (nil, first))
    #expect(try fetch(to: two) == (first, first))
    let second = try add("b", to: one)
    _ = try send(second, from: one)
    #expect(try fetch(to: two) == (first, second))
    // Nothing of the way that it came is left.
    #expect(try two.repository.references(withPrefix: "refs/dev-infra/incoming/").isEmpty)
    #expect(listener.rewound.isEmpty && listener.emptied == 0)
  }

  @Test func whatTheRemoteLostIsToldAndKept() throws {
    let one = try open("one")
    let two = try open("two")
    let first = try add("a", to: one)
    _ = try send(first, from: one)
    let second = try add("b", to: one)
    _ = try send(second, from: one)
    _ = try fetch(to: two)
    try scratch.git("update-ref", "refs/heads/main", first.hex, at: "host")
    #expect(try fetch(to: two) == (second, first))
    #expect(listener.rewound == [second])
    #expect(try two.lostCommit(of: "origin/main") == second)
    try scratch.git("update-ref", "-d", "refs/heads/main", at: "host")
    #expect(try fetch(to: two) == (first, nil))
    #expect(listener.emptied == 1)
    // The first one that was lost has all that the later ones had.
    #expect(try two.lostCommit(of: "origin/main") == second)
    // Once the remote has it again it is lost no more.
    #expect(try send(second, from: one) == .sent(from: second))
    #expect(try fetch(to: two).new == second)
    #expect(try two.lostCommit(of: "origin/main") == nil)
  }

  @Test func whatIsNoRegistryIsNotTaken() throws {
    let two = try open("two")
    try scratch.repository("code")
    try scratch.git("push", "-q", scratch.path.appending("host").text, "main:main", at: "code")
    #expect(throws: (any Error).self) { try fetch(to: two) }
    #expect(try two.repository.reference("refs/remotes/origin/main") == nil)
    #expect(try two.repository.references(withPrefix: "refs/dev-infra/incoming/").isEmpty)
  }

  @Test func aRemoteThatIsNotThereIsNamed() throws {
    let one = try open("one")
    #expect(throws: RegistryStoreError.self) { try RemoteBranch("nowhere", in: one) }
    try scratch.shell("rm -r host", at: "")
    let error = #expect(throws: RegistryStoreError.self) { try fetch(to: one) }
    guard case .transport(let failure)? = error else { return #expect(Bool(false)) }
    #expect(failure.action == .fetch && failure.remote == "origin")
  }

  @Test func aTransferEndsWhateverTheRemoteSays() throws {
    let one = try open("one")
    func limit(_ timeout: Int?) throws -> Double? {
      try one.transport(.fetch, RemoteBranch("origin", in: one), timeout, nil).timeLimit
    }
    #expect(try limit(nil) == 3600)
    #expect(try limit(2) == 720)
    #expect(try limit(0) == nil)
    // It speaks more often than it may be silent.
    let talker = scratch.path.appending("talker")
    try scratch.shell(
      "printf '#!/bin/sh\nwhile sleep 0.1; do echo words >&2; done\n' >talker && chmod +x talker", at: "")
    try scratch.git("config", "core.sshCommand", talker.text, at: "one")
    // Else it is asked which ssh it is first.
    try scratch.git("config", "ssh.variant", "simple", at: "one")
    try scratch.git("remote", "set-url", "origin", "ssh://host.example/registry.git", at: "one")
    let again = try open("one")
    let error = #expect(throws: RegistryStoreError.self) {
      try again.reach(RemoteBranch("origin", in: again), timeout: 1)
    }
    guard case .transport(let failure)? = error else { return #expect(Bool(false)) }
    #expect(failure.cause == .duration(seconds: 3))
    try scratch.git("remote", "set-url", "origin", "work-prod::https://host.example/api", at: "one")
    let last = try open("one")
    #expect(try last.transport(.fetch, RemoteBranch("origin", in: last), nil, nil).timeLimit == nil)
  }
}
