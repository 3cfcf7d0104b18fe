import ByteStrings
import Terminal
import SystemSupport
import SystemPackage

/// Where this installation keeps its parts.
struct Installation {
  /// The folder with the executables.
  let executables: FilePath
  /// The folder of this executable.
  private let own: FilePath

  /// - Parameter executables: what `--exec-path=` said.
  init(executables given: FilePath?) throws(Failure) {
    guard let own = ThisProcess.folder else {
      throw .fatal("finding the executables of this installation failed: /proc is not there")
    }
    self.own = own
    executables = try GlobalOptions.absolute(given ?? Environment.executablePath ?? own)
  }

  /// The folder above `bin`, with `share/man` and `share/dev-infra`.
  var prefix: FilePath { own.removingLastComponent() }

  var manualPages: FilePath { prefix.appending("share").appending("man") }

  /// The folder with what is not for one kind of machine.
  var share: FilePath { prefix.appending("share").appending("dev-infra") }

  var catalogue: FilePath { share.appending("command-list") }

  /// What this was built from, `NAME: VALUE` lines.
  var build: FilePath { share.appending("build") }

  /// Lets children find this installation's executables before any other of the same name.
  func export() {
    Environment.set("DEV_INFRA_EXEC_PATH", to: executables.text)
    let path = Environment["PATH"] ?? CommandSearch.defaultPath
    let first = executables.text
    if path != first, !path.begins(with: first + ":") { Environment.set("PATH", to: "\(first):\(path)") }
  }
}
