public import HookSetup
import SystemSupport
public import Terminal

extension HookSetupError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .noRepository(let directory): .fatal("finding the repository at \(directory.visible) failed")
    case .templateIsNotADirectory(let template):
      .fatal(
        "installing hooks in init.templateDir, \(template.visible), failed: it is not a directory",
        hints: "make it, or unset init.templateDir")
    case .tooManyFormerHooks(let previous):
      .fatal("keeping the hook \(previous.visible) failed: there are 99 older ones")
    case .edited(let hook, let previousName):
      .no(
        "the hook \(hook.visible) is ours and has lines that are not: it is left as it is",
        hints: "move your lines to \(previousName) beside it, which it runs, or remove the file")
    }
  }
}
