import Console
import Dispatch
import Git
import Glibc
import Platform
import RegistryStore

/// The hook `proc-receive` (githooks(5)) of a registry that is pushed to: it moves main in git's place.
///
/// As any other writer it does so under the registry's lock, by compare-and-swap, and only to a commit that has what is
/// here as an ancestor and holds every invariant that this one does.
public enum ReceiveHook {
  /// Hears from `git receive-pack` on stdin what was pushed, does it or not, and says on stdout what was done.
  ///
  /// - Returns: the status to end with.
  public static func run() -> Int32 {
    Environment.forgetRepository()
    // What the server set for git is not for the registry's own tools, which go by the user's configuration.
    for name in ["GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"] {
      Environment.set(name, to: nil)
    }
    do {
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
    } catch {
      Messages.fatal(Failure(error).message)
      return ExitStatus.fatal
    }
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

  /// Moves main, or says in few words why not. `fetch first` is what git itself says of a lost race, and what clients
  /// take for one.
  private static func refusal(of update: PushedUpdate) throws -> String? {
    guard update.name == RegistryStore.mainReference else { return "only main can be pushed" }
    guard let new = update.new else { return "main cannot be removed" }
    let store = try RegistryStore.ofEnvironment()
    let main = try store.main()
    guard update.old == main else { return "fetch first" }
    guard try store.repository.isAncestor(main, of: new) else { return "non-fast-forward" }
    let findings = try store.newFindings(in: new, beside: main)
    guard findings.isEmpty else {
      for finding in findings.prefix(20) { Messages.error(finding) }
      if findings.count > 20 { Messages.error("and \(findings.count - 20) more") }
      return "not a sound registry"
    }
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
