public import HTTPClient
public import Registry
public import RegistryStore
public import WorkProd

/// Receives the remote helper's notices and its progress.
public protocol WorkProdDelegate: Sendable {
  /// Something is worth knowing; the work goes on.
  func note(_ notice: WorkProdNotice)
  /// What shows how far a push has come.
  ///
  /// - Parameters:
  ///   - total: how many projects are sent.
  ///   - isShown: whether git asks for progress.
  func progress(total: Int, isShown: Bool) -> any SendingProgress
}

/// How far a push has come.
public protocol SendingProgress {
  /// So many projects are sent, one way or the other.
  func update(_ count: Int)
  /// It is over, and so many are.
  func finish(_ count: Int)
}

/// What the remote helper found.
public enum WorkProdNotice: Sendable {
  /// What is wrong with a file.
  public enum EntryFault: Sendable {
    /// It is not part of a registry.
    case misplaced(MisplacedFile)
    /// It is not JSON that a registry takes.
    case notJSON(JSONError)
    /// It has more bytes than this.
    case tooLarge(limit: Int)
  }

  /// A setting for connections is not used, or is worth a warning.
  case setting(HTTPWarning)
  /// The records of a remote are not what they should be; what is wrong.
  case records(remote: String, String)
  /// A file of the commit is not part of a registry, or cannot be sent.
  case unusableEntry(path: String, EntryFault)
  /// What the service gives as the state of a machine is none.
  case unusableState(MachineID)
  /// The service did not take a project, or the project cannot be sent.
  case notSent(title: String, reason: String)
  /// A project is sent without its path, which another record has.
  case sentWithoutPath(title: String, path: String)
}

/// Why the remote helper cannot do what git asks.
public enum WorkProdError: Error, Equatable, Sendable {
  /// What the service was asked for.
  public enum Request: Equatable, Sendable {
    /// What kind of service it is.
    case health
    /// All its records.
    case records
    /// To take records.
    case send
    /// To give or take what machines say of their checkouts.
    case states
  }

  /// git gives a command that there is not.
  case unknownCommand(String)
  /// git asks for a push of this.
  case malformedPush(String)
  /// The service's list of records cannot be used; why.
  case unusableList(UnusableList)
  /// Its list of machines that have said how their checkouts are is not one.
  case unusableStates
  /// What it has of this machine's checkouts is not JSON.
  case unusableState(MachineID)
  /// The service holds nothing of what machines say of their checkouts.
  case noStates
  /// The service did not do what it was asked for: the status, and the answer in short.
  case refused(Request, status: Int, summary: String)
}
