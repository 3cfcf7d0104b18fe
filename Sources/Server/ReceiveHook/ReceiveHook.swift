import Terminal
import Dispatch
import Git
import Glibc
import SystemSupport
import RegistryStore
import SystemPackage

/// The hooks (githooks(5)) of a registry that is pushed to: `pre-receive` decides on a push, and `proc-receive` moves main in
/// git's place.
///
/// While `pre-receive` decides git keeps what was pushed apart, and deletes it where it is refused. Main moves as with any
/// other writer, under the registry's lock, by compare-and-swap, and only to a commit that has what is here as an ancestor
/// and holds every invariant that this one does.
public enum ReceiveHook {
  /// Does the work of the hook with this name; nil where it is none of these.
  ///
  /// - Returns: the status to end with.
  public static func run(as name: String) -> Int32? {
    guard ["pre-receive", "proc-receive"].contains(name) else { return nil }
    // Where git keeps what was pushed; it is forgotten with the rest.
    let quarantine = Environment["GIT_QUARANTINE_PATH"].map { FilePath(text: $0) }
    Environment.forgetRepository()
    // What the server set for git is not for the registry's own tools, which go by the user's configuration.
    for name in ["GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_ALLOC_LIMIT"] {
      Environment.set(name, to: nil)
    }
    liftLimits()
    do {
      return try name == "pre-receive" ? decide(quarantine) : moveMain()
    } catch is RegistryBusy {
      Messages.error("another command holds the registry, try again")
    } catch {
      Messages.fatal(Failure(error).message)
    }
    return ExitStatus.fatal
  }

  /// The limits that the server has for git are not for the registry's own tools, such as a gc that starts now.
  private static func liftLimits() {
    for resource in [__rlimit_resource_t(RLIMIT_DATA.rawValue), __rlimit_resource_t(RLIMIT_CPU.rawValue)] {
      var limit = rlimit()
      guard getrlimit(resource, &limit) == 0 else { continue }
      limit.rlim_cur = limit.rlim_max
      setrlimit(resource, &limit)
    }
  }

  // MARK: Deciding

  /// Reads what is to be done from stdin, a line for each reference, and ends with 0 where all of it may be.
  private static func decide(_ quarantine: FilePath?) throws -> Int32 {
    var updates: [PushedUpdate] = []
    while let line = readLine() {
      guard let update = PushedUpdate(line: line.utf8) else {
        throw Failure.fatal("git receive-pack asks for something that is no update of a reference")
      }
      updates.append(update)
      guard updates.count <= Self.updateLimit else { break }
    }
    let signs = signsOfLife()
    defer { signs.cancel() }
    for update in updates where update.name != RegistryStore.mainReference {
      return refuse("only main can be pushed", "'git push REMOTE main' pushes that branch alone")
    }
    guard let update = updates.first, updates.count == 1 else { return ExitStatus.success }
    guard let new = update.new else { return refuse("main cannot be removed") }
    let store = try RegistryStore.ofEnvironment()
    if let quarantine { try store.repository.borrowObjects(from: quarantine) }
    let main = try store.main()
    if update.old != main {
      // In git's own words, which clients take for a race that was lost.
      return refuse(
        "cannot lock ref '\(update.name)': is at \(main.hex) but expected \(update.old?.hex ?? "none"): fetch first"
      )
    }
    // No git asks for that; what came with it would stay for nothing.
    guard new != main else { return refuse("main is already at \(new.hex)") }
    guard try store.repository.isAncestor(main, of: new) else {
      return refuse(
        "non-fast-forward: main has what the pushed commit does not", "fetch, merge, and push again")
    }
    let findings = try store.newFindings(in: new, beside: main)
    guard findings.isEmpty else {
      for finding in findings.prefix(20) { Messages.error(finding) }
      if findings.count > 20 { Messages.error("and \(findings.count - 20) more") }
      return refuse("not a sound registry")
    }
    return ExitStatus.success
  }

  private static let updateLimit = 1000

  private static func refuse(_ reason: String, _ hints: String...) -> Int32 {
    Messages.error(reason)
    for hint in hints { Messages.hint(hint) }
    return ExitStatus.no
  }

  // MARK: Moving

  /// Hears from `git receive-pack` on stdin what was pushed, does it or not, and says on stdout what was done.
  private static func moveMain() throws -> Int32 {
    guard try PacketLine.section(from: 0).first?.starts(with: "version=1".utf8) ?? false else {
      throw Failure.fatal("this version of git speaks another protocol with its hooks")
    }
    var output = Output()
    try output.write(PacketLine.section(["version=1"]))
    try output.flush()
    let updates = try PacketLine.section(from: 0).map { line in
      guard let update = PushedUpdate(line: line) else {
        throw Failure.fatal("git receive-pack asks for something that is no update of a reference")
      }
      return update
    }
    let signs = signsOfLife()
    defer { signs.cancel() }
    try output.write(PacketLine.section(updates.map(answer)))
    try output.flush()
    return ExitStatus.success
  }

  /// Says every three seconds on stderr, which clients see, that it goes on: they take a server for gone that is silent.
  private static func signsOfLife() -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + 3, repeating: 3)
    timer.setEventHandler {
      Messages.note("still checking what was pushed")
    }
    timer.resume()
    return timer
  }

  private static func answer(_ update: PushedUpdate) -> String {
    do {
      if let reason = try refusal(of: update) { return "ng \(update.name) \(reason)" }
      return "ok \(update.name)"
    } catch is RegistryBusy {
      return "ng \(update.name) another command holds the registry, try again"
    } catch {
      Messages.error(Failure(error))
      return "ng \(update.name) the registry could not take it"
    }
  }

  /// Moves main, or says in few words why not: between the decision and now another writer may have moved it. `fetch
  /// first` is what git itself says of a lost race, and what clients take for one.
  private static func refusal(of update: PushedUpdate) throws -> String? {
    guard update.name == RegistryStore.mainReference, let new = update.new else {
      return "only main can be pushed"
    }
    let store = try RegistryStore.ofEnvironment()
    let main = try store.main()
    guard update.old == main else { return "fetch first" }
    guard try store.repository.isAncestor(main, of: new) else { return "non-fast-forward" }
    do {
      _ = try store.advance(to: new, message: "push", expecting: main)
    } catch let failure as Failure where failure.status == ExitStatus.no {
      return "fetch first"
    }
    store.startMaintenanceIfNeeded()
    return nil
  }
}

extension RegistryStore {
  /// What does not hold in a commit, less what did not hold in an earlier one either.
  func newFindings(in commit: ObjectID, beside earlier: ObjectID) throws -> [String] {
    let findings = try verify(commit, since: earlier)
    guard !findings.isEmpty else { return [] }
    let known = Set(try verify(earlier))
    return findings.filter { !known.contains($0) }
  }
}
