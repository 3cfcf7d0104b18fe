import ByteStrings

/// Why a URL is not taken.
public struct RefusedURL: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Reason: Hashable, Sendable {
    /// It has no bytes.
    case empty
    /// It has more bytes than a URL may have.
    case tooLong(bytes: Int)
    /// It holds a control character.
    case controlCharacter
    /// A program would take it, or a part of it, for an option.
    case option
    /// git would run it.
    case command
    /// Read again without what is left out of it, it is another one.
    case notSimplest
    /// It is what a registry is sent to, and no project can be.
    case registrysRemote
    /// It begins as a service's address, and goes on otherwise.
    case noService
    /// It begins as one of AWS CodeCommit, and goes on otherwise.
    case noCodeCommit
    /// It needs this remote helper, which is not allowed.
    case helper(String)
    /// One remote helper leads to another, too often.
    case manyHelpers
    /// It needs this transport, which is not allowed.
    case transport(String)
    /// It has nothing behind its host.
    case noPath
    /// Its user cannot be one.
    case user
    /// Its host cannot be one.
    case host
    /// Its port is not a number of a port.
    case port
    /// It is of a file, and names a user.
    case userOfFile
    /// It is a path, and what it starts from is not known.
    case relative
    /// It holds a password where none can be left out.
    case password
    /// An `@` may end a password in which a slash was not encoded.
    case atBehindColon
    /// This scheme stands at its beginning without its slashes.
    case schemeWithoutSlashes(String)
    /// It is of the form `user:password@host:path`.
    case passwordBeforeHost
    /// It begins with two slashes and a user, as one that has lost its scheme.
    case userWithoutScheme
    /// Its user name has a colon, which may stand before a password.
    case colonInUser
    /// Its user name may be a token.
    case tokenAsUser
    /// Its path has what may be a password or a token.
    case secretInPath
  }

  /// What is wrong.
  public let reason: Reason
  /// The URL; nil where it may hold a secret, and is not to be repeated.
  public let url: String?

  init(_ reason: Reason, _ url: String? = nil) {
    self.reason = reason
    self.url = url.flatMap { Secrets.isSafe(toShow: $0) ? $0 : nil }
  }
}

extension RefusedURL {
  /// What is wrong, as a clause: `"ext::x" would run a command`. Never repeats a password; safe for a terminal.
  ///
  /// A command, a client of the server and another machine get the same text.
  public var sentence: String { "\(url.map { shown($0) } ?? "a URL") \(reason.predicate)" }

  /// ``sentence``.
  public var description: String { sentence }
}

extension RefusedURL.Reason {
  /// What follows the URL, or the words "a URL".
  fileprivate var predicate: String {
    switch self {
    case .empty: "cannot be empty"
    case .tooLong(let bytes): "has \(bytes) bytes, more than the \(Limits.url) that a URL may have"
    case .controlCharacter: "holds a control character"
    case .option: "would be taken for an option"
    case .command: "would run a command"
    case .notSimplest: "is another URL in its simplest form"
    case .registrysRemote: "is the remote of a registry, and of no project"
    case .noService: "is not a work-prod::http:// or work-prod::https:// address"
    case .noCodeCommit: "is not a codecommit::REGION://PROFILE@REPOSITORY"
    case .helper(let name): "needs the remote helper \(shown(name)), which is not allowed"
    case .manyHelpers: "names too many remote helpers"
    case .transport(let scheme): "uses the transport \(shown(scheme)), which is not allowed"
    case .noPath: "names no path"
    case .user: "has a user name that is not valid"
    case .host: "has a host name that is not valid"
    case .port: "has a port that is not a number from 1 to 65535"
    case .userOfFile: "names a user, which a file URL cannot"
    case .relative: "is relative to a directory that is not known"
    case .password: "carries a password"
    case .atBehindColon: "has an @ where it may end an unencoded password; write an @ of the path as %40"
    case .schemeWithoutSlashes(let scheme): "has no slashes behind its scheme; write \(scheme)://"
    case .passwordBeforeHost:
      "of the form user:password@host:path is refused; write user@host:path, or ssh://user@host/path where the path has an @"
    case .userWithoutScheme:
      "without a scheme names a user; write https:// in front of it, or one slash for a path"
    case .colonInUser: "has a user name with a colon, which may stand before a password"
    case .tokenAsUser: "has what may be a token as its user name"
    case .secretInPath:
      "has what may be a password or a token in its path; keep those in a credential helper of git"
    }
  }
}
