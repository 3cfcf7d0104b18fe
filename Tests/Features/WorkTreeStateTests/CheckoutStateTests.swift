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

  @Test func jsonHasTheDocumentedKeys() throws {
    let json = Self.full.json
    #expect(json["operation"] == .string("cherry-pick"))
    #expect(json["last_commit"] == .string("2023-11-14T22:13:20.000Z"))
    #expect(json["branches"]?.array?[1]["gone"] == .bool(true))
    #expect(json["branches"]?.array?[2]["upstream"] == .null)
    #expect(json["error"] == .null)
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
