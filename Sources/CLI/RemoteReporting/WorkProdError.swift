import ByteStrings
import Registry
import RegistryReporting
import RegistryStore
public import Terminal
import WorkProd
public import WorkProdRemote

extension WorkProdError: ReportedError {
  private static let elsewhere =
    "check that the remote's URL is that of a work-prod service, and that no proxy answers in its place"

  /// The error in words.
  public var failure: Failure {
    switch self {
    case .unknownCommand(let line):
      .fatal("git asks git-remote-work-prod for '\(Quoting.visible(line))', which it does not know")
    case .malformedPush(let spec): .fatal("git asks to push '\(Quoting.visible(spec))'")
    case .unusableList(let list):
      .fatal("reading the service's projects failed: \(list.words)", hints: Self.elsewhere)
    case .unusableStates:
      .fatal("reading the service's list of states failed: the answer is not a list", hints: Self.elsewhere)
    case .unusableState(let machine):
      .fatal(
        "reading the state of the machine \(machine.hex) failed: the answer is not JSON",
        hints: Self.elsewhere)
    case .noStates: .fatal(GitDiagnostics.noStates)
    case .refused(let request, let status, let summary):
      .fatal("\(request.words) failed: it answered \(summary)", hints: request.hint(status))
    }
  }
}

extension UnusableList {
  fileprivate var words: String {
    switch self {
    case .notJSON(let error): "the answer is not JSON: \(error)"
    case .notAList: "the answer is not a list"
    case .tooMany(let count, let limit):
      "the list has \(count) records, more than the \(limit) that are read"
    case .notARecord: "the list has an item that is not a record with an id"
    case .repeatedID(let number): "the list has two records with the id \(number)"
    }
  }
}

extension WorkProdNotice.EntryFault {
  /// What is wrong, as a clause that is safe for a terminal.
  public var words: String {
    switch self {
    case .misplaced(let fault): fault.words
    case .notJSON(let error): "it is not JSON: \(error)"
    case .tooLarge(let limit): "it is larger than \(limit) bytes"
    }
  }
}

extension WorkProdError.Request {
  fileprivate var words: String {
    switch self {
    case .health: "asking the service how it is"
    case .records: "reading the service's projects"
    case .send: "sending projects"
    case .states: "asking the service for how checkouts are"
    }
  }

  fileprivate func hint(_ status: Int) -> String {
    switch status {
    case 401:
      "give a key in DEV_INFRA_API_KEY, or keep one with a credential helper of git; it may also have been revoked"
    case 403: "the key that was sent may not do this"
    case 429, 502, 503, 504: "the service has too much to do, or is not there; try again later"
    default:
      self == .health
        ? "check that the remote's URL is that of a work-prod service" : "the service's own log may say more"
    }
  }
}
