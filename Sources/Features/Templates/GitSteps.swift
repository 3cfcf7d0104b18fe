import Git
import Registry
import SystemSupport

extension GitProgram {
  /// Runs git, which must succeed.
  ///
  /// - Parameter step: what is being done.
  /// - Returns: what it printed.
  /// - Throws: ``TemplateError/git(_:_:)`` with what git said, or what of its limits it came to.
  @discardableResult
  func require(_ words: [String], _ step: TemplateError.Step) throws -> [UInt8] {
    let result: ChildProcess.Result
    do {
      result = try run(words)
    } catch {
      switch error.kind {
      case .unanswered: throw TemplateError.git(step, .unfinished(seconds: Int(timeLimit ?? 0)))
      case .tooLarge: throw TemplateError.git(step, .messages(bytes: ChildProcess.keptErrors))
      default: throw error
      }
    }
    switch result.termination {
    case .exited(0): return result.output
    case .silent: throw TemplateError.git(step, .silent)
    case .signalled(let signal): throw TemplateError.git(step, .signalled(signal))
    case .exited: throw TemplateError.git(step, .failed(reason: GitDiagnostics.reason(result.errors)))
    }
  }
}
