import ByteStrings
import RemoteReporting
import Terminal
import WorkProdRemote

/// Shows on stderr what the helper tells of; git passes it on.
struct HelperTerminal: WorkProdDelegate {
  func note(_ notice: WorkProdNotice) {
    switch notice {
    case .setting(let warning): Messages.warning(warning.sentence)
    case .records(let remote, let report):
      Messages.warning("'\(Quoting.visible(remote))': \(Quoting.visible(report))")
    case .unusableEntry(let path, let fault): Messages.error("'\(path)' was not sent: \(fault.words)")
    case .unusableState(let machine):
      Messages.warning("set aside the state of the machine \(machine) that the service gives")
    case .notSent(let title, let reason): Messages.error("'\(title)' was not sent: \(reason)")
    case .sentWithoutPath(let title, let path):
      Messages.warning(
        "'\(title)' is sent without its path '\(Quoting.visible(path))', which the service has for another project"
      )
    }
  }

  func progress(total: Int, isShown: Bool) -> any SendingProgress {
    SendingLine(total: total, isShown: isShown)
  }
}

/// A line that says how far a push has come, where git asks for progress.
private final class SendingLine: SendingProgress {
  private var progress: Progress

  init(total: Int, isShown: Bool) {
    progress = Progress("Sending projects", total: total, forced: isShown, quiet: !isShown)
  }

  func update(_ count: Int) { progress.update(count) }
  func finish(_ count: Int) { progress.finish(count) }
}
