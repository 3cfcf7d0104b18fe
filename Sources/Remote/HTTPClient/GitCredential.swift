import Git
import SystemSupport
import ByteStrings
import Registry

/// A key from git's credential helpers, or from the person at the terminal: `git credential fill` asks, `approve` has them keep what
/// was good, `reject` has them forget it (git-credential(1)). The password is the key; the user name counts only where the server
/// asks for `Basic` and nothing else.
///
/// All of it goes over pipes, so the key is on no command line.
public struct GitCredential: Sendable {
  private let git: GitProgram
  private let question: [UInt8]
  private let host: String

  /// What is known of `service`, by the configuration of the repository that `git` is run on.
  init(_ service: ServiceURL, _ git: GitProgram) {
    var git = git
    // No child needs to have it.
    git.environment["DEV_INFRA_API_KEY"] = .some(nil)
    self.git = git
    host = Quoting.visible(service.authority)
    var lines = ["protocol=\(service.scheme)", "host=\(service.authority)"]
    if service.path.count > 1 { lines.append("path=\(service.path.dropFirst())") }
    if let user = service.user { lines.append("username=\(user)") }
    question = ByteText.bytes(of: lines.joined(separator: "\n") + "\n")
  }

  /// What `fill` gave, to be given back as it came.
  struct Filled: Sendable {
    let user: String
    let key: Secret
    let description: [UInt8]
  }

  /// Asks for the key.
  ///
  /// - Throws: ``HTTPFailure/notSent(_:)`` where nobody knows one.
  func fill() throws(HTTPFailure) -> Filled {
    let result = try run("fill", question)
    guard result.termination == .exited(0) else {
      // The last line is git's own: what helpers say comes before it.
      throw .notSent(.noKey(host: host, said: GitDiagnostics.reason(result.errors, lines: 1)))
    }
    let lines = result.output.split(separator: UInt8(ascii: "\n"))
    func value(_ name: String) -> String? {
      lines.first { $0.starts(with: "\(name)=".utf8) }.map {
        ByteText.string(from: $0.dropFirst(name.utf8.count + 1))
      }
    }
    if let key = value("password").flatMap({ Secret($0) }) {
      return Filled(user: value("username") ?? "", key: key, description: result.output)
    }
    throw .notSent(.unsendableCredential(host: host))
  }

  /// Has the helpers keep it. Where they cannot, nothing failed: the key was good.
  func approve(_ filled: Filled) { _ = try? run("approve", filled.description) }

  /// Has the helpers forget it.
  func reject(_ filled: Filled) { _ = try? run("reject", filled.description) }

  private func run(_ verb: String, _ input: [UInt8]) throws(HTTPFailure) -> ChildProcess.Result {
    var git = git
    git.input = input
    git.timeLimit = Attendance.limit
    do throws(GitError) {
      return try git.run(["credential", verb])
    } catch {
      throw .notSent(.keyNotAsked(host: host, error))
    }
  }
}
