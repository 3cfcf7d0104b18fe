import Git
import SystemSupport
import ByteStrings
import Synchronization
public import Registry
public import RegistryIndex
import SystemPackage

/// How much of the state of its checkouts a machine tells others.
public enum StateDetail: String, NamedValue {
  /// All that dev-infra-ls-state(1) knows.
  case branches
  /// Everything but the names of branches and remotes.
  case counts
  /// Nothing.
  case none
}

extension MachineState {
  /// Examines checkouts, for as long as somebody waits for that.
  ///
  /// - Parameters:
  ///   - rows: the projects; those that are not on this machine have no state.
  ///   - known: what was known before, which stays for a project that was not ready, with its time.
  ///   - isOver: asked now and then whether it is to end; what has been examined by then is taken.
  public static func take(
    _ rows: [ViewRow], of machine: MachineID, _ detail: StateDetail, knowing known: MachineState?,
    until isOver: () -> Bool
  ) throws -> MachineState {
    // Others take the later of two: after a clock that was ahead has been set right, this is still that.
    let time = Timestamp.following(known?.taken, now: Timestamp(milliseconds: Clock.nowMilliseconds))
    var result = MachineState(machine: machine, taken: time)
    let places = ProjectPlaces(of: rows)
    let paths = places.paths
    let work = Work()
    let thread = try WorkerThread {
      // Waiting for a disk takes no processor.
      let threads = min(8, 4 * ThisProcess.processors)
      let states = Parallel.map(paths, silence: Examination.silence, threads: threads) { path in
        let state = CheckoutState.examine(path, places.options(for: path))
        work.add(state, at: path)
        return state
      }
      for (path, state) in zip(paths, states) where state == nil {
        work.add(CheckoutState(path: path, error: Examination.unanswered(path).message), at: path)
      }
      work.end()
    }
    // A directory that does not answer must not keep anybody waiting.
    thread.detach()
    while !work.isDone, !isOver() { Clock.pause(0.01) }
    let states = work.states
    for row in rows where !row.paths.isEmpty {
      guard let project = ProjectID(row.id) else { continue }
      let paths = row.paths.map { FilePath(text: $0) }
      let found = paths.compactMap { states[$0] }
      if found.count == paths.count {
        result.projects[project] = Entry(places: found.map { detail.reduced($0.json) })
      } else if let former = known?.projects[project], let time = known?.time(of: project) {
        result.projects[project] = Entry(taken: time, places: former.places.map(detail.reduced))
      }
    }
    return result
  }

  /// What has been examined so far.
  private final class Work: Sendable {
    private let contents = Mutex<(states: [FilePath: CheckoutState], isDone: Bool)>(([:], false))

    func add(_ state: CheckoutState, at path: FilePath) { contents.withLock { $0.states[path] = state } }
    func end() { contents.withLock { $0.isDone = true } }
    var isDone: Bool { contents.withLock(\.isDone) }
    var states: [FilePath: CheckoutState] { contents.withLock(\.states) }
  }
}

extension StateDetail {
  /// The state of a place without what is kept private: numbers stand for names.
  func reduced(_ place: JSON) -> JSON {
    guard self == .counts, var members = place.object else { return place }
    if let branches = members["branches"]?.array {
      let current = members["branch"]?.string
      members["branch"] = current == nil ? .null : .string("HEAD")
      members["branches"] = .array(
        branches.enumerated().map { index, branch in
          guard var fields = branch.object else { return .null }
          let isCurrent = current.map { fields["name"]?.string?.hasSameBytes(as: $0) ?? false } ?? false
          fields["name"] = .string(isCurrent ? "HEAD" : String(index + 1))
          if fields["upstream"]?.string != nil { fields["upstream"] = .string("upstream") }
          return .object(fields)
        })
    }
    if let remotes = members["remotes"]?.array {
      members["remotes"] = .array(remotes.indices.map { .string(String($0 + 1)) })
    }
    return .object(members)
  }
}
