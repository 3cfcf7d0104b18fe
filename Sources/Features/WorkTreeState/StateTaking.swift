import Git
import SystemSupport
import ByteStrings
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
  ///   - last: when they were last looked at.
  ///   - known: gives what was known then, which stays for a project that was not ready, with its time; asked where one was not.
  ///   - isOver: asked now and then whether it is to end; what has been examined by then is taken.
  public static func take(
    _ rows: [ViewRow], of machine: MachineID, _ detail: StateDetail, after last: Timestamp?,
    knowing known: () -> MachineState?, until isOver: () -> Bool
  ) throws -> MachineState {
    // Others take the later of two: after a clock that was ahead has been set right, this is still that.
    let time = Timestamp.following(last, now: Timestamp(milliseconds: Clock.nowMilliseconds))
    var result = MachineState(machine: machine, taken: time)
    let places = ProjectPlaces(of: rows)
    let work = Work(places.all.count)
    // Where nobody waits at all, what happens to be ready would be chance.
    if !isOver() {
      let thread = try WorkerThread {
        // Waiting for a disk takes no processor.
        let threads = min(8, 4 * ThisProcess.processors)
        let indices = Array(places.all.indices)
        let answered = Parallel.map(indices, silence: Examination.silence, threads: threads) { index in
          // What is said of it is made here, by several threads at once.
          let path = places.all[index].path
          work.add(CheckoutState.examine(path, places.options(for: path)), detail, at: index)
          return true
        }
        for (index, isAnswered) in zip(indices, answered) where isAnswered == nil {
          let path = places.all[index].path
          work.add(CheckoutState(path: path, error: Examination.unanswered(path).message), detail, at: index)
        }
        work.end()
      }
      // A directory that does not answer must not keep anybody waiting.
      thread.detach()
      while !isOver(), !work.isDone(within: 0.01) {}
    }
    let states = work.states
    lazy var former = known()
    var unsaved: Set<ProjectID> = []
    var rest = places.all.indices[...]
    while let row = rest.first.map({ places.all[$0].row }) {
      // The places of a project stand one after the other.
      let own = rest.prefix { places.all[$0].row.id.hasSameBytes(as: row.id) }
      rest = rest[own.endIndex...]
      guard let project = ProjectID(row.id) else { continue }
      let found = own.compactMap { states[$0] }
      if found.count == own.count {
        result.projects[project] = Entry(places: found.map(\.json))
        if found.contains(where: \.isUnsaved) { unsaved.insert(project) }
      } else if let former, let entry = former.projects[project] {
        result.projects[project] = Entry(
          taken: former.time(of: project), places: entry.places.map(detail.reduced))
        if !former.unsavedPlaces(of: project).isEmpty { unsaved.insert(project) }
      }
    }
    result.unsaved = unsaved
    return result
  }

  /// What has been found so far.
  private final class Work: @unchecked Sendable {
    private let monitor = Monitor()
    // Both are only touched with the lock held.
    private var found: [(json: JSON, isUnsaved: Bool)?]
    private var isDone = false

    /// Nothing yet of so many places.
    init(_ count: Int) { found = Array(repeating: nil, count: count) }

    func add(_ state: CheckoutState, _ detail: StateDetail, at index: Int) {
      let told = (detail.reduced(state.json), state.hasUnsavedWork)
      monitor.withLock { found[index] = told }
    }

    func end() {
      monitor.withLock { isDone = true }
      monitor.wake()
    }

    /// Waits for it, for so many seconds at most.
    func isDone(within seconds: Double) -> Bool {
      monitor.withLock {
        if !isDone { monitor.wait(atMost: seconds) }
        return isDone
      }
    }

    var states: [(json: JSON, isUnsaved: Bool)?] { monitor.withLock { found } }
  }
}

extension MachineState {
  /// The checkouts of a project that held what may be nowhere else, when the machine last looked.
  public func unsavedPlaces(of id: ProjectID) -> [CheckoutState] {
    (projects[id]?.places ?? []).compactMap { CheckoutState(json: $0) }.filter(\.hasUnsavedWork)
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
