import ByteStrings
import Git
import Registry
public import RegistryStore
import Synchronization
import SystemSupport
public import SystemPackage
import Terminal

/// Shows a registry's notices on stderr, and starts `dev-infra-gc` where it wants packing.
public struct TerminalDelegate: RegistryDelegate {
  /// A delegate; there is nothing to choose.
  public init() {}

  /// Writes a message.
  public func note(_ notice: RegistryNotice) {
    switch notice {
    case .removedStaleLock(let path):
      Messages.warning("removed \(path.visible), which a command that was killed had left behind")
    case .removedStaleGCPid(let path):
      Messages.warning("removed \(path.visible), which a 'git gc' that was killed had left behind")
    case .becameNewMachine(let registry, let former, let name):
      Messages.warning(
        "the registry \(registry.visible) was made on another computer and counts as a new machine from now on"
      )
      Messages.hint(
        "where '\(Quoting.visible(name))' is no more, 'dev-infra machine merge \(former)' makes this one its successor"
      )
    case .leftOut(let id, let error):
      // One that cannot be read is no reason to show none.
      Messages.warning(
        "left out the project \(id.hex), whose entry cannot be read: \(Failure(error).message); 'dev-infra rm \(id.hex)' removes it"
      )
    case .remoteEmptied(let name):
      Messages.warning("'\(Quoting.visible(name))' was emptied; the next push fills it again")
    case .remoteRewound(let name, let commit):
      Messages.warning(
        "'\(Quoting.visible(name))' was rewound: it no longer has the commit \(commit.hex.prefix(12)) that it had"
      )
    case .serviceWarning(let text): Messages.warning(text)
    case .serviceError(let text): Messages.error(text)
    case .stateSetAside(let machine, let remote, let error):
      let place = remote.map { " of '\(Quoting.visible($0))'" } ?? ""
      Messages.warning("set aside the state of the machine \(machine)\(place): \(Failure(error).message)")
    case .statesWait(let remote, let count):
      Messages.warning(
        "'\(Quoting.visible(remote))' has more states of machines than are read at a time: \(count) wait for the next pull"
      )
    case .stateRefused(let remote):
      Messages.hint(
        "'\(Quoting.visible(remote))' takes no other ref than main, so that it does not hold the state of this machine's checkouts; "
          + "'dev-infra config dev-infra.state none' stops taking it")
    case .stateNotTaken(let remote, let reason):
      Messages.warning(
        "'\(Quoting.visible(remote))' does not take the state of this machine's checkouts: \(reason); "
          + "'dev-infra config dev-infra.state counts' makes it smaller, 'none' in its place stops taking it")
    case .stateIsSent:
      Messages.hint(
        "pushes tell other machines how the checkouts of this one are from now on: branches and remotes by name, and numbers of changes; "
          + "'dev-infra config dev-infra.state counts' keeps the names back, 'none' in its place all of it")
    case .statesNotFetched(let remote, let error):
      Messages.warning(
        "the states of other machines were not fetched from '\(Quoting.visible(remote))': \(Failure(error).message)"
      )
    case .stateNotSent(let remote, let error):
      Messages.warning(
        "the state of this machine's checkouts was not sent to '\(Quoting.visible(remote))': \(Failure(error).message)"
      )
    case .merge(let report): Messages.warning(report.sentence)
    }
  }

  /// Starts `dev-infra-gc --auto` unless the one that this process started last is still running. A failure to start it
  /// is ignored: the next change tries again.
  public func startMaintenance(of registry: FilePath) {
    guard let tool = Environment.executablePath?.appending("dev-infra-gc") else { return }
    Self.maintenance.withLock { running in
      if running?.isRunning ?? false { return }
      running = try? ChildProcess.startDetached(
        tool.text, ["--auto", "--quiet"], environment: ["DEV_INFRA_DIR": registry.text])
    }
  }

  private static let maintenance = Mutex<DetachedProcess?>(nil)
}

extension RegistryStore {
  /// Opens the registry that the environment names, for a command.
  public static func ofEnvironment() throws -> RegistryStore {
    try ofEnvironment(delegate: TerminalDelegate())
  }

  /// Opens the registry that the environment names, and makes it where there is none, for a command.
  public static func makingIfMissing() throws -> RegistryStore {
    try makingIfMissing(delegate: TerminalDelegate())
  }

  /// Opens the registry at `directory`, for a command.
  public static func open(_ directory: FilePath) throws -> RegistryStore {
    try open(directory, delegate: TerminalDelegate())
  }
}
