import Registry
public import RegistryStore
import Terminal

extension VerificationFinding {
  /// The finding as a line: the entry's path and what is wrong with it.
  public var line: String {
    switch self {
    case .notARegistry(let error): Failure(error).message
    case .misplaced(let path, let fault): "\(path): \(fault.words)"
    case .unusable(let path, let error): "\(path.path): \(Failure(error).message)"
    case .notCanonical(let path): "\(path.path): not in canonical form"
    case .withoutProject(let path): "\(path.path): its project is not in the registry"
    case .withoutMachine(let path): "\(path.path): its machine has no machine.json"
    case .noMachineRecord(let path): "\(path.path): not there, and the machine has checkouts"
    case .foreign(let path): "\(path.path): only the machine itself writes below its name"
    case .duplicate(let path, let others):
      "\(path.path): the same project as \(others.map { $0.hex.prefix(12) }.joined(separator: ", "))"
    }
  }
}
