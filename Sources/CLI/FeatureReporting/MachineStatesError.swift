import ByteStrings
public import MachineStates
import RegistryStore
import SystemSupport
public import Terminal

extension MachineStatesError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .notHere(let project):
      .no("\(Quoting.visible(project)) is not on this machine", hints: "'dev-infra clone' brings it here")
    case .notThere(let project, let machine):
      .no("\(Quoting.visible(project)) is not on \(Quoting.visible(machine))")
    case .silent(let machine):
      .no(
        MachineCheckouts.silence(of: machine),
        hints:
          "'dev-infra pull' brings what it sent with its last push; dev-infra.state there says how much that is"
      )
    case .notADirectory(let path):
      .fatal("looking for files in \(path.visible) failed: it is not a directory")
    }
  }
}

extension MachineCheckouts {
  static func silence(of machine: String) -> String {
    "\(Quoting.visible(machine)) has not said how its checkouts are"
  }

  /// What stands in the place of its checkouts where it has not said anything; nil where it has.
  public var silence: String? { isSilent ? Self.silence(of: machine?.name ?? "") : nil }
}
