import ByteStrings
import RecordServer
import RecordService
import Registry
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import Terminal

/// What the server says: on stdout where it listens, on stderr all else.
struct DaemonTerminal: DaemonDelegate {
  private let linkFile: LinkFile?
  private let registry = TerminalDelegate()

  /// - Parameter linkFile: hands the link to a browser once the server is ready; nil where the user does that.
  init(linkFile: LinkFile? = nil) { self.linkFile = linkFile }

  func note(_ notice: RegistryNotice) { registry.note(notice) }
  func startMaintenance(of directory: FilePath) { registry.startMaintenance(of: directory) }

  func note(_ notice: RecordServiceNotice) {
    switch notice {
    case .leftOut(let path, let error):
      Messages.warning("left out \(path.path), which cannot be read: \(words(for: error))")
    case .cut(let field, let number):
      Messages.warning(
        "the \(field.rawValue) of the record \(number) is too long for the registry, which has it cut; the record keeps "
          + "all of it")
    case .damagedJournal(let file, let lines, let copy):
      Messages.warning(
        "\(lines) lines of \(file.visible) cannot be read: the numbers of their projects may be others now; "
          + "the file as it was is \(copy.visible)")
    }
  }

  func isListening(at address: String) {
    var output = Output()
    // That nobody reads it is no reason not to serve.
    try? output.line("listening on \(address)")
    try? output.flush()
  }

  func isReady(with link: String) {
    var output = Output()
    try? output.line(link)
    try? output.flush()
    Messages.hint("the link opens the page once; Ctrl-C ends the server")
    do throws(SystemError) {
      try linkFile?.open(link)
    } catch {
      Messages.warning("opening a browser failed: \(error.reason)")
      Messages.hint("open the link yourself, or name a browser with --browser")
    }
  }

  func log(_ line: String) { Messages.note(line) }

  func keepsCertificate(because error: any Error) {
    Messages.warning("the former certificate goes on to be served: \(words(for: error))")
  }

  func words(for error: any Error) -> String { Failure(error).message }
}
