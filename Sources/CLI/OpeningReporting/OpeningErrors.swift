import ByteStrings
public import Opening
import SystemSupport
public import Terminal

extension Editor.NoEditor: ReportedError {
  /// The error in words.
  public var failure: Failure {
    .fatal(
      "finding an editor failed: \(Quoting.visible(reason))",
      hints: "'git config --global core.editor EDITOR', or the variable EDITOR, names one")
  }
}

extension PageError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    func no(_ sentence: String, _ hasHomepage: Bool) -> Failure {
      Failure(
        status: ExitStatus.no, message: sentence,
        hints: hasHomepage ? ["it has a homepage, which --homepage opens"] : [])
    }
    switch self {
    case .noHomepage(let project):
      let name = Quoting.visible(project)
      return .no("\(name) has no homepage", hints: "'dev-infra set \(name) homepage=URL' says where it is")
    case .noRemote(let project, let hasHomepage):
      return no("\(Quoting.visible(project)) has no remote, and so no page", hasHomepage)
    case .noHost(let project, let remote, let hasHomepage):
      return no(
        "\(Quoting.visible(project)) has no page: its remote is \(Quoting.visible(remote))", hasHomepage)
    }
  }
}

extension PageNotShown: ReportedError {
  /// The error in words.
  public var failure: Failure {
    let program = Quoting.visible(program)
    switch ending {
    case .exited(let status): return .no("opening \(url) failed: '\(program)' ended with status \(status)")
    case .signalled(let number):
      return .no("opening \(url) failed: '\(program)' was ended by signal \(number)")
    case .notStarted(let code): return Failure(SystemError("opening", url, code: code))
    case .interrupted, .timedOut: return .no("opening \(url) failed: '\(program)' was stopped")
    }
  }
}
