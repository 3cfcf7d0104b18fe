import Git
import Registry
import SystemSupport

extension GitProgram {
  /// Runs git, which must succeed.
  ///
  /// - Parameter step: what is being done.
  /// - Returns: what it printed.
  /// - Throws: ``TemplateError/git(_:_:)`` with what git said.
  @discardableResult
  func require(_ words: [String], _ step: TemplateError.Step) throws -> [UInt8] {
    let result = try run(words)
    switch result.termination {
    case .exited(0): return result.output
    case .silent: throw TemplateError.git(step, .silent)
    case .signalled(let signal): throw TemplateError.git(step, .signalled(signal))
    case .exited: throw TemplateError.git(step, .failed(reason: GitDiagnostics.reason(result.errors)))
    }
  }
}
