import Git
import Registry
import RegistryIndex
import SystemSupport
import SystemPackage
import Testing
import WorkTreeState

/// What other programs read: names and bytes that do not change by themselves.
@Suite struct CheckoutStateTests {
  private static var full: CheckoutState {
    var state = RepositoryState()
    state.branch = "main"
    state.head = "0123456789012345678901234567890123456789"
    (state.staged, state.changed, state.untracked, state.conflicted) = (1, 2, 3, 4)
    (state.unsure, state.submodules, state.stashes, state.headOnly) = (5, 6, 7, 8)
    state.operation = .cherryPick
    state.branches = [
      .init(name: "main", upstream: "origin/main", ahead: 1, behind: 2, isOnRemote: false),
      .init(name: "\"odd\"", upstream: "origin/odd", ahead: nil, behind: nil, isOnRemote: true),
      .init(name: "alone", upstream: nil, ahead: nil, behind: nil, isOnRemote: false),
    ]
    state.remotes = ["origin"]
    state.lastCommit = 1_700_000_000
    state.lastFetch = 1_700_000_001
    return CheckoutState(path: "/src/shop", repository: state)
  }

  /// The keys that dev-infra-ls-state(1) has: scripts count on each, and what is not there yet belongs into that page, too.
  @Test func jsonHasTheDocumentedKeys() throws {
    let json = Self.full.json
    let keys: Set = [
      "path", "error", "branch", "head", "staged", "changed", "untracked", "conflicted", "unsure",
      "submodules", "stashes", "operation", "last_commit", "last_fetch", "bare", "head_only", "remotes",
      "branches",
    ]
    #expect(Self.keys(json) == keys)
    #expect(json["path"] == .string("/src/shop") && json["error"] == .null)
    #expect(json["branch"] == .string("main") && json["head"] == .string(Self.full.repository?.head ?? ""))
    let numbers = [
      "staged", "changed", "untracked", "conflicted", "unsure", "submodules", "stashes", "head_only",
    ]
    #expect(numbers.map { json[$0] } == (1...8).map { .integer($0) })
    #expect(json["operation"] == .string("cherry-pick"))
    #expect(json["last_commit"] == .string("2023-11-14T22:13:20.000Z"))
    #expect(json["last_fetch"] == .string("2023-11-14T22:13:21.000Z"))
    #expect(json["bare"] == .bool(false) && json["remotes"] == .array([.string("origin")]))
    // What there is none of is null, and the key is there.
    let empty = CheckoutState(path: "/src/shop", repository: RepositoryState()).json
    #expect(Self.keys(empty) == keys)
    for key in ["branch", "head", "operation", "last_commit", "last_fetch"] { #expect(empty[key] == .null) }
  }

  @Test func jsonOfABranchHasTheDocumentedKeys() throws {
    let branches = try #require(Self.full.json["branches"]?.array)
    for branch in branches {
      #expect(Self.keys(branch) == ["name", "upstream", "gone", "ahead", "behind", "on_remote"])
    }
    #expect(
      branches.map(\.compact) == [
        #"{"ahead":1,"behind":2,"gone":false,"name":"main","on_remote":false,"upstream":"origin/main"}"#,
        #"{"ahead":null,"behind":null,"gone":true,"name":"\"\\\"odd\\\"\"","on_remote":true,"upstream":"origin/odd"}"#,
        #"{"ahead":null,"behind":null,"gone":false,"name":"alone","on_remote":false,"upstream":null}"#,
      ])
  }

  @Test func jsonOfWhatCouldNotBeReadSaysThatAlone() {
    #expect(
      CheckoutState(path: "/gone", error: "it does not exist", isMissing: true).json
        == .object(["path": .string("/gone"), "error": .string("it does not exist"), "missing": .bool(true)]))
    #expect(
      CheckoutState(path: "/locked", error: "permission denied").json
        == .object(["path": .string("/locked"), "error": .string("permission denied")]))
  }

  private static func keys(_ json: JSON) -> Set<String> {
    Set((json.object ?? [:]).map(\.key))
  }

  @Test func jsonIsReadBack() throws {
    let states = [
      Self.full, CheckoutState(path: "/gone", error: "it does not exist", isMissing: true),
      CheckoutState(path: FilePath(bytes: [0x2F, 0xE9]), repository: RepositoryState()),
    ]
    for state in states {
      let bytes = state.json.canonical
      let read = try #require(CheckoutState(json: try JSON.parse(bytes)))
      #expect(read == state)
      #expect(read.json.canonical == bytes)
    }
  }

  /// Lists know of a state only what its record says, and judge it as the state itself does.
  @Test func factsOfARecordAreJudgedAsTheStateIs() throws {
    let changes: [(inout RepositoryState) -> Void] = [
      { _ in }, { $0.staged = 1 }, { $0.changed = 1 }, { $0.conflicted = 1 }, { $0.unsure = 1 },
      { $0.untracked = 1 }, { $0.stashes = 1 }, { $0.operation = .merge }, { $0.headOnly = 2 },
      { $0.branches = [.init(name: "a", upstream: nil, ahead: nil, behind: nil, isOnRemote: false)] },
      { $0.branches = [.init(name: "a", upstream: "o/a", ahead: nil, behind: 3, isOnRemote: true)] },
    ]
    for change in changes {
      for remotes in [[], ["origin"]] {
        var repository = RepositoryState()
        repository.remotes = remotes
        change(&repository)
        let state = CheckoutState(path: "/src/shop", repository: repository)
        let facts = try #require(CheckoutFacts(state.json))
        #expect(facts.needsAttention == state.needsAttention, "\(state.json.compact)")
      }
    }
  }

  @Test func marksAreTheSameForFactsAndStates() throws {
    var repository = RepositoryState()
    (repository.staged, repository.changed, repository.conflicted) = (1, 2, 3)
    (repository.untracked, repository.stashes) = (4, 5)
    repository.branch = "main"
    repository.branches = [
      .init(name: "main", upstream: "origin/main", ahead: 6, behind: 7, isOnRemote: true)
    ]
    repository.remotes = ["origin"]
    let state = CheckoutState(path: "/src/shop", repository: repository)
    let marks = StateMarks(state).marks.map(\.text)
    #expect(marks == ["~3", "+1", "!2", "?4", "*5", "⇡6", "⇣7"])
    #expect(CheckoutFacts(state.json)?.marks == marks.joined(separator: " "))
  }

  @Test func whatIsNoStateIsNotRead() throws {
    for text in ["[]", "{}", #"{"path":1}"#] {
      #expect(CheckoutState(json: try JSON.parse(Array(text.utf8))) == nil)
    }
    let odd =
      #"{"path":"/a","branches":[{"name":1},{"name":"b","ahead":-1}],"staged":"x","operation":"juggling"}"#
    let read = try #require(CheckoutState(json: try JSON.parse(Array(odd.utf8))))
    #expect(read.repository?.branches.map(\.name) == ["b"])
    #expect(read.repository?.staged == 0 && read.repository?.operation == nil)
  }

  @Test func propertiesSayWhatAPersonAsks() throws {
    let full = Self.full
    #expect(full.isDirty && full.isBehind && full.hasUntracked && full.isStashed)
    #expect(
      full.isConflicted && full.isUnpushed && full.isBusy && full.needsAttention)
    #expect(!full.isDetached && !full.hasNoRemote)
    var clean = full
    clean.repository = RepositoryState()
    clean.repository?.branch = "main"
    #expect(clean.hasNoRemote && !clean.isDirty && !clean.needsAttention)
  }
}
