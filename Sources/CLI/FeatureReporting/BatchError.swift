public import Batch
import ByteStrings
import Git
import SystemSupport
public import Terminal
import SystemPackage

extension BatchError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .noProgram(let name):
      .fatal(
        "there is no program '\(Quoting.visible(name))' on PATH",
        hints: "'-c TEXT' runs a text of the shell's")
    case .nothingFailed: .no("no command is known to have failed anywhere")
    }
  }
}

extension BatchRun.Outcome {
  /// Why the command did not end well, in words that follow the checkout's name; nil where it did.
  public func reason(at path: String, timeLimit: Double?) -> String? {
    switch self {
    case .ran(.exited(0), _): nil
    case .ran(.exited(let status), _): "ended with status \(status)"
    case .ran(.signalled(let signal), _): "was ended by signal \(signal)"
    case .ran(.timedOut, _): "was stopped after \(Self.seconds(timeLimit ?? 0)) seconds"
    case .ran(.interrupted, _): "was interrupted"
    case .ran(.notStarted(let code), _):
      "could not be run: \(SystemError("", "", code: code).reason)"
    case .gone: "is gone from \(path)"
    case .refused(let error): error.message
    }
  }

  private static func seconds(_ number: Double) -> String {
    number == number.rounded() ? "\(Int(number))" : "\(number)"
  }
}
