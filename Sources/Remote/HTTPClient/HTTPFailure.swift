public import Git

/// Why a request has no answer. What it holds has no secrets in it; texts of others are shown with escapes, safe for a terminal.
public enum HTTPFailure: Error, Equatable, Sendable {
  /// Nothing of it took effect: the service was not reached, or sent it elsewhere.
  case notSent(Reason)
  /// It went out in part or whole, and no whole answer came: whether it took effect is not known.
  case unanswered(Reason)

  /// Why, whether it was sent or not.
  public var reason: Reason {
    switch self {
    case .notSent(let reason), .unanswered(let reason): reason
    }
  }

  /// Why there is no answer.
  public enum Reason: Equatable, Sendable {
    /// libcurl cannot do a step that comes before the sending; its own words.
    case library(Step, said: String)
    /// There is no memory for what libcurl keeps.
    case noMemory
    /// The URL is not one of a web service.
    case unusableURL(String, URLFault)
    /// A setting or the URL holds a NUL byte.
    case holdsNUL
    /// A header field holds a control character.
    case unsendableField
    /// This is not a method of HTTP.
    case unknownMethod(String)
    /// The value of `DEV_INFRA_API_KEY` holds a control character.
    case unsendableKey
    /// The value of `http.extraHeader` holds a control character.
    case unsendableExtraHeader
    /// git could not be asked for the key of a host.
    case keyNotAsked(host: String, GitError)
    /// A host asks for a key, and git knows none; its last line, where it gave one.
    case noKey(host: String, said: String?)
    /// A host asks for a key, and what git's credential helpers gave for one cannot be sent.
    case unsendableCredential(host: String)
    /// The URL of a proxy names a user, and git knows no password for it; its last line, where it gave one.
    case noProxyPassword(host: String, said: String?)
    /// The proxy asks for a login, and was given none, or one that it does not accept.
    case refusedByProxy(hadLogin: Bool)
    /// The server sends it elsewhere, and it does not go there.
    case redirected(Exchange, to: String, Redirection)
    /// The transfer was ended.
    case failed(Exchange, Cause)
    /// The system failed meanwhile; its words.
    case system(String)
    /// It was never its turn.
    case notBegun
  }

  /// A step before the sending.
  public enum Step: Equatable, Sendable {
    /// To start libcurl.
    case start
    /// To take a setting.
    case setting
    /// To take the request.
    case request
  }

  /// What is wrong with a URL.
  public enum URLFault: Equatable, Sendable {
    /// There is no memory to read it.
    case noMemory
    /// It has not the form of one.
    case malformed
    /// Its scheme is neither http nor https.
    case otherScheme
    /// It names no host.
    case noHost
    /// It has a password in it.
    case password
  }

  /// What was asked, and of whom.
  public struct Exchange: Equatable, Sendable {
    /// The method.
    public let method: String
    /// The URL, without user and query.
    public let url: String
  }

  /// Why a redirection is not followed.
  public enum Redirection: Equatable, Sendable {
    /// It leads to something that is not a web service.
    case notAService
    /// It leads to another host, port or scheme.
    case elsewhere
    /// It would become another request.
    case asAnother
    /// There have been too many.
    case again
  }

  /// Why a transfer was ended.
  public enum Cause: Equatable, Sendable {
    /// The server said nothing for so many seconds.
    case silence(seconds: Int)
    /// It sent too slowly to end.
    case slowness
    /// The answer has more bytes than this.
    case tooLarge(limit: Int)
    /// libcurl gave up; its kind of fault, and its own words.
    case library(Fault, said: String)
  }

  /// The faults of libcurl that something can be done about.
  public enum Fault: Equatable, Sendable {
    /// The host has no address.
    case unknownHost
    /// The proxy has none, or does not do its part.
    case proxy
    /// Nothing answers at the host's port.
    case notConnected
    /// The certificate is not one to trust.
    case untrustedCertificate
    /// The file of authorities cannot be used.
    case authoritiesFile
    /// The certificate that is to be shown cannot be used.
    case clientCertificate
    /// The server's key is not the one that was pinned.
    case pinnedKey
    /// TLS was not agreed on.
    case tls
    /// It took too long.
    case timeout
    /// Anything else.
    case other
  }
}

/// What a person should know about the settings for a service.
public enum HTTPWarning: Equatable, Sendable {
  /// The certificate of the host is not checked.
  case certificateNotChecked(host: String)
  /// `DEV_INFRA_API_KEY` is not sent to this host, for which it was not given.
  case keyNotSent(host: String)
  /// The key goes to this host unencrypted.
  case keyUnencrypted(host: String)
}
