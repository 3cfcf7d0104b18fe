import Terminal
import Git
import SystemSupport
import RegistryStore

extension GitProgram {
  /// Runs git, which must succeed.
  ///
  /// - Parameter action: what is being done, as it reads in a sentence.
  /// - Returns: what it printed.
  /// - Throws: a `Failure` with what git said.
  @discardableResult
  func require(_ words: [String], _ action: String, hint: String...) throws -> [UInt8] {
    let result = try run(words)
    if result.termination == .exited(0) { return result.output }
    let reason =
      switch result.termination {
      case .silent: "it said nothing for too long (dev-infra.timeout)"
      case .signalled(let signal): "git was ended by signal \(signal)"
      case .exited: GitDiagnostics.reason(result.errors) ?? "git gave no reason"
      }
    throw Failure(status: ExitStatus.fatal, message: "\(action) failed: \(reason)", hints: hint)
  }
}
