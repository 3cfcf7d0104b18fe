import Git
import ReceiveHook
import Registry
import RegistryReporting
import RegistryStore
import SystemSupport
import Terminal

/// The hooks by which a served registry takes what is pushed to it by git: what they say, to clients and to git.
enum ReceiveHooks {
  /// Does the work of a hook.
  ///
  /// - Returns: the status to end with.
  static func run(_ event: ReceiveHook.Event) -> Int32 {
    let hook = ReceiveHook(delegate: TerminalDelegate()) { Messages.note("still checking what was pushed") }
    do {
      switch event {
      case .preReceive:
        guard let refusal = try hook.decide() else { return ExitStatus.success }
        tell(refusal)
        return ExitStatus.no
      case .procReceive:
        try hook.moveMain(send: send, reason: reason)
        return ExitStatus.success
      }
    } catch is RegistryBusy {
      Messages.error(GitDiagnostics.registryIsHeld)
    } catch {
      Messages.fatal(Failure(error).message)
    }
    return ExitStatus.fatal
  }

  private static func send(_ bytes: [UInt8]) throws {
    var output = Output()
    try output.write(bytes)
    try output.flush()
  }

  private static func tell(_ refusal: ReceiveHook.Refusal) {
    switch refusal {
    case .notMain:
      Messages.error("only main can be pushed")
      Messages.hint("'git push REMOTE main' pushes that branch alone")
    case .ownState: Messages.error("only this machine says how its checkouts are")
    case .unsoundState(let machine, let error):
      Messages.error("the state of the machine \(machine): \(Failure(error).message)")
    case .removesMain: Messages.error("main cannot be removed")
    case .moved(let name, let main, let expected):
      // In git's own words, which clients take for a race that was lost.
      Messages.error(
        "cannot lock ref '\(name)': is at \(main.hex) but expected \(expected?.hex ?? "none"): fetch first")
    case .upToDate(let commit): Messages.error("main is already at \(commit.hex)")
    case .notForward:
      Messages.error("non-fast-forward: main has what the pushed commit does not")
      Messages.hint("fetch, merge, and push again")
    case .unsound(let findings):
      for line in findings.map(\.line).sorted().prefix(20) { Messages.error(line) }
      if findings.count > 20 { Messages.error("and \(findings.count - 20) more") }
      Messages.error("not a sound registry")
    }
  }

  /// In few words. `fetch first` is what git itself says of a lost race, and what clients take for one.
  private static func reason(_ outcome: ReceiveHook.Outcome) -> String? {
    switch outcome {
    case .moved: return nil
    case .notMain: return "only main can be pushed"
    case .lostRace: return "fetch first"
    case .notForward: return "non-fast-forward"
    case .failed(is RegistryBusy): return GitDiagnostics.registryIsHeld
    case .failed(let error):
      Messages.error(error)
      return "the registry could not take it"
    }
  }
}
