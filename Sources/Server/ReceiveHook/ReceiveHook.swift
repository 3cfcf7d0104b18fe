import Dispatch
public import Git
public import Registry
public import RegistryStore
import SystemSupport
import SystemPackage

/// The hooks (githooks(5)) of a registry that is pushed to: `pre-receive` decides on a push, and `proc-receive` moves main in
/// git's place.
///
/// While `pre-receive` decides git keeps what was pushed apart, and deletes it where it is refused. Main moves as with any
/// other writer, under the registry's lock, by compare-and-swap, and only to a commit that has what is here as an ancestor
/// and holds every invariant that this one does.
public struct ReceiveHook: Sendable {
  /// Which of the two is run.
  public enum Event: String, Sendable {
    /// Before anything is taken.
    case preReceive = "pre-receive"
    /// Once it has been decided on.
    case procReceive = "proc-receive"
  }

  /// Why a push is refused.
  public enum Refusal: Sendable {
    /// It is for another reference than main and the states of machines.
    case notMain
    /// It would change what this machine says of its own checkouts.
    case ownState
    /// What a machine says of its checkouts cannot be used.
    case unsoundState(MachineID, any Error)
    /// It would remove main.
    case removesMain
    /// The client takes main to be at `expected`; nil: nowhere.
    case moved(name: String, at: ObjectID, expected: ObjectID?)
    /// Main is at the commit already.
    case upToDate(ObjectID)
    /// Main has what the commit does not.
    case notForward
    /// Something does not hold that has held before.
    case unsound([VerificationFinding])
  }

  /// What became of main.
  public enum Outcome: Sendable {
    /// It is at what was pushed.
    case moved
    /// The push is not for main.
    case notMain
    /// Another writer has moved it since the push was decided on.
    case lostRace
    /// It has what the pushed commit does not.
    case notForward
    /// It could not be done.
    case failed(any Error)
  }

  /// Why a hook cannot do its work.
  public enum ProtocolError: Error, Sendable {
    /// git asks for something that is not an update of a reference.
    case notAnUpdate
    /// git speaks another protocol with its hooks.
    case unknownVersion
  }

  private let delegate: any RegistryDelegate
  private let sign: @Sendable () -> Void
  private let quarantine: FilePath?

  /// Readies the process for the work of a hook: what git and the server set for git is taken out of the environment.
  ///
  /// - Parameters:
  ///   - delegate: gets the registry's notices.
  ///   - sign: called every three seconds while the work goes on, for clients take a server for gone that is silent.
  public init(delegate: any RegistryDelegate, signOfLife sign: @escaping @Sendable () -> Void) {
    self.delegate = delegate
    self.sign = sign
    // Where git keeps what was pushed; it is forgotten with the rest.
    quarantine = Environment["GIT_QUARANTINE_PATH"].map { FilePath(text: $0) }
    Environment.forgetRepository()
    // What the server set for git is not for the registry's own tools, which go by the user's configuration.
    for name in ["GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_ALLOC_LIMIT"] {
      Environment.set(name, to: nil)
    }
    Self.liftLimits()
  }

  /// The limits that the server has for git are not for the registry's own tools, such as a gc that starts now.
  private static func liftLimits() {
    for limit in [ResourceLimit.memory, .processorTime] { limit.raise() }
  }

  // MARK: Deciding

  /// Reads what is to be done from stdin, a line for each reference.
  ///
  /// - Returns: why it is not to be done; nil where all of it may be.
  public func decide() throws -> Refusal? {
    var updates: [PushedUpdate] = []
    while let line = readLine() {
      guard let update = PushedUpdate(line: line.utf8) else { throw ProtocolError.notAnUpdate }
      updates.append(update)
      guard updates.count <= Self.updateLimit else { break }
    }
    let signs = signsOfLife()
    defer { signs.cancel() }
    let states = updates.filter { $0.name != RegistryStore.mainReference }
    guard states.allSatisfy({ RegistryStore.machine(ofStateReference: $0.name) != nil }) else {
      return .notMain
    }
    guard !updates.isEmpty else { return nil }
    let store = try RegistryStore.ofEnvironment(delegate: delegate)
    if let quarantine { try store.repository.borrowObjects(from: quarantine) }
    if let refusal = refusal(of: states, in: store) { return refusal }
    guard let update = updates.first(where: { $0.name == RegistryStore.mainReference }) else { return nil }
    guard updates.count == states.count + 1 else { return .notMain }
    guard let new = update.new else { return .removesMain }
    let main = try store.main()
    if update.old != main { return .moved(name: update.name, at: main, expected: update.old) }
    // No git asks for that; what came with it would stay for nothing.
    if new == main { return .upToDate(new) }
    guard try store.repository.isAncestor(main, of: new) else { return .notForward }
    let findings = try store.newFindings(in: new, beside: main)
    return findings.isEmpty ? nil : .unsound(findings)
  }

  private static let updateLimit = 1000

  /// Why what is pushed of machines' states is not to be taken. git moves those references itself: each is one machine's, and
  /// holds nothing of what it held before.
  private func refusal(of states: [PushedUpdate], in store: borrowing RegistryStore) -> Refusal? {
    for update in states {
      guard let machine = RegistryStore.machine(ofStateReference: update.name) else { return .notMain }
      if machine == store.machine.id { return .ownState }
      guard let new = update.new else { continue }
      do {
        _ = try store.state(in: new, of: machine)
      } catch {
        return .unsoundState(machine, error)
      }
    }
    return nil
  }

  // MARK: Moving

  /// Reads from `git receive-pack` on stdin what was pushed, applies it or not, and reports what was done.
  ///
  /// - Parameters:
  ///   - send: takes what is for `git receive-pack`.
  ///   - reason: why main was not moved, in words for the client; nil where it was.
  public func moveMain(send: ([UInt8]) throws -> Void, reason: (Outcome) -> String?) throws {
    guard try PacketLine.section(from: 0).first?.starts(with: "version=1".utf8) ?? false else {
      throw ProtocolError.unknownVersion
    }
    try send(PacketLine.section(["version=1"]))
    let updates = try PacketLine.section(from: 0).map { line in
      guard let update = PushedUpdate(line: line) else { throw ProtocolError.notAnUpdate }
      return update
    }
    let signs = signsOfLife()
    defer { signs.cancel() }
    let answers = updates.map { update in
      let outcome: Outcome
      do { outcome = try move(to: update) } catch { outcome = .failed(error) }
      return reason(outcome).map { "ng \(update.name) \($0)" } ?? "ok \(update.name)"
    }
    try send(PacketLine.section(answers))
  }

  private func signsOfLife() -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + 3, repeating: 3)
    timer.setEventHandler { [sign] in sign() }
    timer.resume()
    return timer
  }

  /// Moves main, or not: between the decision and now another writer may have moved it.
  private func move(to update: PushedUpdate) throws -> Outcome {
    guard update.name == RegistryStore.mainReference, let new = update.new else { return .notMain }
    let store = try RegistryStore.ofEnvironment(delegate: delegate)
    let main = try store.main()
    guard update.old == main else { return .lostRace }
    guard try store.repository.isAncestor(main, of: new) else { return .notForward }
    do {
      _ = try store.advance(to: new, message: "push", expecting: main)
    } catch RegistryStoreError.moved {
      return .lostRace
    }
    store.startMaintenanceIfNeeded()
    return .moved
  }
}

extension RegistryStore {
  /// The invariants that a commit breaks and an earlier one did not.
  func newFindings(in commit: ObjectID, beside earlier: ObjectID) throws -> [VerificationFinding] {
    let findings = try verify(commit, since: earlier)
    guard !findings.isEmpty else { return [] }
    let known = Set(try verify(earlier))
    return findings.filter { !known.contains($0) }
  }
}
