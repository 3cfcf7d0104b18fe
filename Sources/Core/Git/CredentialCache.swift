import SystemSupport
import SystemPackage

/// A git-credential-cache(1) for as long as a command runs: what a person typed for one connection, the next one has. It is
/// asked after the user's own credential helpers; see ``SystemSupport/GitEnvironment/credentialCacheVariable``.
public struct CredentialCache: ~Copyable {
  /// Where its socket is, of this user only; nil where nobody can be asked, or where the command that runs this one has a cache.
  private let directory: FilePath?

  /// Whether a person can be asked: on a terminal or by a program that opens a window (gitcredentials(7)).
  public static var personIsAtHand: Bool {
    Terminal.isAtHand || ["GIT_ASKPASS", "SSH_ASKPASS"].contains { Environment[$0]?.isEmpty == false }
      || hasOwnProgram
  }

  /// Whether the user's configuration names such a program. git is asked once: the files alone would not tell what the system's says.
  private static let hasOwnProgram: Bool = {
    let asked = try? GitProgram(outsideRepositories: .person).output(["config", "--get", "core.askPass"])
    return asked.map { !$0.allSatisfy { $0 == UInt8(ascii: "\n") } } ?? false
  }()

  /// A cache for what is run from now on.
  public init() {
    guard Self.personIsAtHand, Environment[GitEnvironment.credentialCacheVariable] == nil else {
      directory = nil
      return
    }
    let directory = FilePath(text: Environment["TMPDIR"] ?? "/tmp").appending(
      "dev-infra-\(Host.randomHex(16))")
    do throws(SystemError) {
      try Files.makeDirectory(directory, mode: 0o700)
      self.directory = directory
      Environment.set(GitEnvironment.credentialCacheVariable, to: directory.appending("socket").text)
    } catch {
      // Then each connection asks.
      self.directory = nil
    }
  }

  deinit {
    guard let directory else { return }
    Environment.set(GitEnvironment.credentialCacheVariable, to: nil)
    let socket = directory.appending("socket")
    if Files.kind(of: socket, followingLinks: false) != nil {
      _ = try? GitProgram(outsideRepositories: .foreign).run([
        "credential-cache", "--socket=\(socket.text)", "exit",
      ])
    }
    try? Files.removeTree(directory)
  }
}
