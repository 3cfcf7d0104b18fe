public import Git
import SystemSupport
import ByteStrings
import Registry
package import SystemPackage

/// How states come from remotes and get to them, and what is known of what each remote has.
extension RegistryStore {
  /// The most machines whose state is taken from one remote.
  private static let stateLimit = 1000

  /// Bytes of states that are read for one fetch, and no more are begun; the rest waits for the next one.
  private static let readingLimit = 256 << 20

  /// Takes over what a fetch brought of other machines' states, and remembers what the remote has. Called under the lock.
  ///
  /// What was not taken is not read again as long as the remote has the same and nothing can have changed its mind: a remote may
  /// have a thousand of the kind for as long as it likes.
  ///
  /// - Parameter main: what the remote has as main; nil for nothing.
  func acceptStates(_ main: ObjectID?, _ branch: RemoteBranch) throws {
    let before = held(by: branch)
    var held: [MachineID: HeldState] = [:]
    let known = try main.map { Set(try machineIDs(in: $0)) } ?? []
    let now = Timestamp(milliseconds: Clock.nowMilliseconds)
    var room = Self.readingLimit
    var waiting = 0
    for (id, commit) in try incomingStates(branch, known) {
      held[id] = HeldState(commit)
      // What a remote says of this machine is at best what this machine said, and the state of one that was taken out nobody's.
      guard id != machine.id, known.contains(id) else { continue }
      let name = Self.stateReference(of: id)
      let former = try repository.reference(name)
      guard former != commit else { continue }
      if let seen = before[id], seen.commit == commit, seen.stands(beside: former, now: now) {
        held[id] = seen
        continue
      }
      guard room > 0 else {
        waiting += 1
        continue
      }
      do {
        let verdict = try judge(commit, of: id, beside: former, now: now, &room)
        held[id]?.verdict = verdict
        if verdict == nil { try replace(name, with: commit) }
        guard case .early(let taken)? = verdict else { continue }
        throw StateFault.fromTheFuture(taken)
      } catch let error as GitError where error.kind == .modified {
        throw error
      } catch {
        // The bytes stay what they are; what libgit2 says may be of the moment.
        if !(error is GitError), held[id]?.verdict == nil { held[id]?.verdict = .refused }
        // A clock that is wrong, say, stays so until somebody sees to it there: here it is told once.
        if before[id]?.commit != commit {
          delegate.note(.stateSetAside(id, remote: branch.remote, error))
        }
      }
    }
    write(held, of: branch)
    if waiting > 0 { delegate.note(.statesWait(remote: branch.remote, count: waiting)) }
  }

  /// The states that a fetch brought, those of machines that are known before others.
  private func incomingStates(
    _ branch: RemoteBranch, _ known: Set<MachineID>
  ) throws -> ArraySlice<(id: MachineID, commit: ObjectID)> {
    let found = try repository.references(withPrefix: branch.incomingStates).compactMap { reference in
      MachineID(String(reference.name.dropFirst(branch.incomingStates.count))).map {
        (id: $0, commit: reference.target)
      }
    }
    return (found.filter { known.contains($0.id) } + found.filter { !known.contains($0.id) })
      .prefix(Self.stateLimit)
  }

  /// Why a state is not taken now; nil for one that is.
  ///
  /// - Parameters:
  ///   - former: the one that is known.
  ///   - room: the bytes that may still be read.
  /// - Throws: an error that says what is wrong with it.
  private func judge(
    _ commit: ObjectID, of id: MachineID, beside former: ObjectID?, now: Timestamp, _ room: inout Int
  ) throws -> HeldState.Verdict? {
    let state = try state(in: commit, of: id, only: [])
    if state.taken.isFarFuture(now: now) { return .early(state.taken) }
    try MachineState.checkFiles(in: commit, of: id, &room, in: repository)
    // Another remote may have a newer one.
    if let former, let known = try? self.state(in: former, of: id, only: []),
      !state.taken.isLater(than: known.taken, now: now)
    {
      return .older(than: former)
    }
    return nil
  }

  /// Sends what this machine says of its checkouts, in a transfer of its own, and removes what machines said that have been taken
  /// out. Main is there by then; a fault in this is reported and fails nothing.
  ///
  /// - Parameters:
  ///   - commit: what the remote's main is at.
  ///   - timeout: seconds that the remote may say nothing; nil for the configured ones.
  ///   - isNews: whether it is told that there is one now, see ``sendsFirstState(to:)``.
  public func sendState(
    beside commit: ObjectID, to branch: RemoteBranch, timeout: Int?, isNews: Bool = false
  ) {
    do {
      guard try takesState(branch) else { return }
      let transport = try stateTransport(.push, branch, timeout)
      let known = Set(try machineIDs(in: commit))
      var held = held(by: branch)
      let isHere = known.contains(machine.id)
      let own = try isHere ? repository.reference(Self.stateReference(of: machine.id)) : nil
      if isHere, own != held[machine.id]?.commit, try send(own, by: transport, to: branch) {
        held[machine.id] = own.map { HeldState($0) }
        if isNews, own != nil { delegate.note(.stateIsSent) }
      }
      try remove(held.filter { !known.contains($0.key) }, &held, by: transport)
      write(held, of: branch)
    } catch {
      delegate.note(.stateNotSent(remote: branch.remote, error))
    }
  }

  /// Sends this machine's state, or that it has none any more.
  ///
  /// - Returns: whether the remote has it now.
  private func send(
    _ own: ObjectID?, by transport: GitTransport, to branch: RemoteBranch
  ) throws -> Bool {
    let name = Self.stateReference(of: machine.id)
    let result = try transport.push([own.map { "+\($0.hex):\(name)" } ?? ":\(name)"], in: self)
    if result.succeeded { return true }
    guard let pushed = GitDiagnostics.PushedRef(name, in: result.report), pushed.isRefused else {
      // What is not there need not go.
      if own == nil, GitDiagnostics.refIsMissing(result.errors) { return true }
      // A plain service holds no states, and nobody expects that of it.
      if GitDiagnostics.serviceHoldsNoStates(result.errors) {
        _ = try remember(.holdsNone, of: branch)
        return false
      }
      throw transport.failure(result.errors)
    }
    // Another push of this machine is under way there, and says the same.
    if pushed.race(result.errors) != nil { return false }
    // A full disk there, or an end without an answer, does not refuse states as such.
    guard let refusal = pushed.refusal, refusal.isRemote, refusal.reason != "unpacker error" else {
      throw transport.pushFailure(pushed, result.errors)
    }
    let isNew = try remember(.refused, of: branch)
    if try helper(of: branch) == Self.serviceHelper {
      // One that holds states refuses this one, as for its size.
      delegate.note(.stateNotTaken(remote: branch.remote, reason: Quoting.visible(refusal.reason)))
    } else if isNew {
      delegate.note(.stateRefused(remote: branch.remote))
    }
    return false
  }

  /// Removes the states of machines that have been taken out. One that is still in use comes back with its next push, and its state
  /// with it.
  private func remove(
    _ gone: [MachineID: HeldState], _ held: inout [MachineID: HeldState], by transport: GitTransport
  ) throws {
    if gone.isEmpty { return }
    let names = gone.keys.sorted().map { (id: $0, name: Self.stateReference(of: $0)) }
    _ = try transport.push(names.map { ":\($0.name)" }, in: self)
    let lock = try lock()
    defer { _ = lock.isHeld }
    for (id, name) in names {
      // What another machine has put there, or removed, meanwhile is seen with the next fetch.
      held[id] = nil
      // An earlier fetch may have brought it once more.
      if let known = try repository.reference(name) { try delete(name, expecting: known) }
    }
  }

  /// The remote helper that git reaches a remote by, see gitremote-helpers(7); nil for none.
  func helper(of branch: RemoteBranch) throws -> String? {
    let url = Array((try remoteURL(of: branch.remote) ?? "").utf8)
    let helper = url.prefix { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-")
    }
    return url[helper.endIndex...].starts(with: "::".utf8) ? String(decoding: helper, as: UTF8.self) : nil
  }

  /// Whether a remote can hold states. What remote helpers do with a second ref is not known, and some force what they push;
  /// the helper for services says itself whether the service can.
  public func carriesState(_ branch: RemoteBranch) throws -> Bool {
    try helper(of: branch).map { $0 == Self.serviceHelper } ?? true
  }

  /// The remote helper for services.
  private static let serviceHelper = "work-prod"

  /// Whether a remote may be asked for states: a service that holds none is not asked again for some time.
  func givesStates(_ branch: RemoteBranch) throws -> Bool {
    guard let helper = try helper(of: branch) else { return true }
    return try helper == Self.serviceHelper && !refusesState(branch)
  }

  /// The transport of states to or from a remote.
  func stateTransport(
    _ action: TransportFailure.Action, _ branch: RemoteBranch, _ timeout: Int?
  ) throws -> GitTransport {
    var transport = try transport(action, branch, timeout, nil)
    transport.isOfStates = true
    return transport
  }

  /// Whether the state that is sent to a remote now is the first of this machine, which has sent the remote the registry before, so
  /// that it is news to its user; not where the user has said how much is told. Asked before the registry is sent.
  public func sendsFirstState(to branch: RemoteBranch) throws -> Bool {
    guard try repository.configuration().string("dev-infra.state") == nil,
      let theirs = try repository.reference(branch.reference),
      try blob(at: .machine(machine.id), in: theirs) != nil
    else { return false }
    return try remotes().allSatisfy { try held(by: RemoteBranch($0, in: self))[machine.id] == nil }
  }

  /// Whether a remote is to be sent a state: it can hold one, and has not refused to lately.
  public func takesState(_ branch: RemoteBranch) throws -> Bool {
    try carriesState(branch) && !refusesState(branch)
  }

  // MARK: What is known of remotes

  /// How long a remote that refused a state is not asked again, in milliseconds.
  private static let refusalTime: Int64 = 86_400_000

  private func stateFile(_ folder: String, _ branch: RemoteBranch) -> CacheFile {
    CacheFile("\(folder)/\(branch.fileName)", of: directory, limit: 1 << 20)
  }

  private func held(by branch: RemoteBranch) -> [MachineID: HeldState] {
    HeldState.read(stateFile("remote-states", branch).read() ?? [])
  }

  /// Remembers which states a remote has. Where it cannot be written nothing is deleted there.
  private func write(_ held: [MachineID: HeldState], of branch: RemoteBranch) {
    put(HeldState.bytes(of: held), into: stateFile("remote-states", branch))
  }

  private func put(_ bytes: [UInt8], into file: CacheFile) {
    // What one that was killed has left is nobody's. Who is writing at this moment loses no more than the next fetch says again.
    Files.removeUnfinished(in: file.folder, olderThan: 0)
    let known = file.read()
    if known == bytes || bytes.isEmpty && known == nil { return }
    try? file.write(bytes)
  }

  /// Why a remote is not asked about states.
  enum StateRefusal: String {
    /// It is a service that holds none.
    case holdsNone = "none"
    /// It has refused one.
    case refused
  }

  /// Remembers that a remote refuses states, or holds none: for some time, and for as long as its URL, how much it is told, and this
  /// program are the same.
  ///
  /// - Returns: whether that is new.
  func remember(_ why: StateRefusal, of branch: RemoteBranch) throws -> Bool {
    let isNew = try refusal(of: branch) == nil
    put(
      Array("\(Clock.nowMilliseconds) \(try refusalStamp(of: branch)) \(why.rawValue)\n".utf8),
      into: stateFile(Self.refusals, branch))
    return isNew
  }

  /// Forgets that a service held no states, once it says that it does: the next transfer asks for them.
  ///
  /// - Parameters:
  ///   - remote: the remote's name.
  ///   - registry: its directory.
  package static func forgetThatStatesAreMissing(at remote: String, registry: FilePath) {
    let file = CacheFile("\(refusals)/\(RemoteBranch.fileName(of: remote))", of: registry, limit: 1 << 20)
    guard let bytes = file.read(), refusal(bytes)?.why == .holdsNone else { return }
    Files.remove(file.path)
  }

  private static let refusals = "state-refusals"

  private func refusesState(_ branch: RemoteBranch) throws -> Bool {
    guard let time = try refusal(of: branch) else { return false }
    return (0..<Self.refusalTime).contains(Clock.nowMilliseconds - time)
  }

  /// When the remote last refused a state, by what it has refused.
  private func refusal(of branch: RemoteBranch) throws -> Int64? {
    guard let bytes = stateFile(Self.refusals, branch).read(), let known = Self.refusal(bytes) else {
      return nil
    }
    return try known.stamp == refusalStamp(of: branch) ? known.time : nil
  }

  private static func refusal(_ bytes: [UInt8]) -> (time: Int64, stamp: String, why: StateRefusal)? {
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 3, let time = Int64(words[0]), let why = StateRefusal(rawValue: words[2]) else {
      return nil
    }
    return (time, words[1], why)
  }

  /// What a refusal is about. Another URL may be another remote, and a state with less in it be taken.
  private func refusalStamp(of branch: RemoteBranch) throws -> String {
    let parts = [
      try remoteURL(of: branch.remote) ?? "", try repository.configuration().string("dev-infra.state") ?? "",
      ToolsetVersion.number,
    ]
    return try ObjectID.hash(blob: Array(parts.joined(separator: "\n").utf8)).hex
  }
}
