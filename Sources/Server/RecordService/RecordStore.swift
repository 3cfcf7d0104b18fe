public import Registry
public import WorkProd

/// One change that a request asks for.
public enum Edit: Sendable {
  /// A new record.
  case create(RequestedFields)
  /// Other values for some fields.
  case change(Int, RequestedFields, ifMatch: String?)
  /// The record goes.
  case delete(Int, ifMatch: String?)
  /// New records, one by one; the values of the list as they came.
  case importing([JSON])
}

/// What became of an ``Edit``.
public enum Outcome: Sendable {
  /// The record, as it is now.
  case record(Record)
  /// It is gone.
  case deleted
  /// How the records of an import fared.
  case imported(ImportReport)
}

/// What changed since a commit.
public struct RecordChanges: Sendable {
  /// The commit that it reaches to.
  public let commit: String
  /// The records that are new or other, in order.
  public let changed: [Record]
  /// The projects that are gone.
  public let removed: [ProjectID]
}

/// What a machine says of its checkouts.
public struct StateRecord: Sendable {
  /// The commit that it is in, which is another one for anything else.
  public let commit: String
  /// What it is, as it is given: the keys of the state, the machine's `name`, and the `commit`.
  public let json: JSON

  init(_ state: MachineState, name: String, commit: String, isWhole: Bool) {
    self.commit = commit
    var members = state.json.object ?? [:]
    if !isWhole { members["projects"] = nil }
    members["name"] = .string(name)
    members["commit"] = .string(commit)
    json = .object(members)
  }
}

/// Where records are: what the routes ask, in whatever store.
public protocol RecordStore: Sendable {
  /// Whose behaviour it has.
  var flavor: ServiceFlavor { get }

  /// The records as they are now, after anyone's last change.
  func table() async throws -> RecordTable

  /// Makes a change; it is durable when this returns.
  ///
  /// - Throws: ``Refusal`` where it cannot be; anything else is a failure of the server.
  func perform(_ edit: Edit) async throws -> Outcome

  /// What changed since a commit.
  ///
  /// - Throws: ``Refusal`` for a commit that is not known.
  func changes(since commit: String) async throws -> RecordChanges

  /// Whether a commit is the one that is shown, or one before it.
  func isShown(_ commit: String) async throws -> Bool

  /// What the machines last said of their checkouts, without what they said of each project.
  func states() async throws -> [StateRecord]

  /// What a machine last said of its checkouts.
  func state(of machine: MachineID) async throws -> StateRecord

  /// Keeps what another machine says of its checkouts, in place of what it said before.
  ///
  /// - Returns: the commit that it is in.
  func keep(_ state: MachineState) async throws -> String

  /// Forgets what another machine said of its checkouts.
  func forgetState(of machine: MachineID) async throws

  /// Lets go of what it holds. No call may follow.
  func close() async
}

extension RecordStore {
  /// None.
  public func states() async throws -> [StateRecord] { throw Refusal.noStates }
  /// None.
  public func state(of machine: MachineID) async throws -> StateRecord { throw Refusal.noStates }
  /// Refused.
  public func keep(_ state: MachineState) async throws -> String { throw Refusal.noStates }
  /// Refused.
  public func forgetState(of machine: MachineID) async throws { throw Refusal.noStates }
}
