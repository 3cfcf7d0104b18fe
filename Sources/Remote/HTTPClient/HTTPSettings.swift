/// Where a service is, and how it is spoken to.
public struct HTTPSettings: Sendable {
  /// The service's URL; requests name paths below it.
  public var service: ServiceURL
  /// What is sent as `Authorization: Bearer …`, to this service's origin and to no other; nil: nothing.
  public var key: Secret?
  /// Whether the user's netrc file is looked at where there is no key and the service wants one.
  public var usesNetrc = false
  /// Header fields that requests to this service's origin have as well; an `Authorization` among them counts only where
  /// nothing else is known.
  public var extraHeaders: [Secret] = []
  /// Asked for a key where there is none and the service wants one; nil: nobody is.
  public var credential: GitCredential?
  /// Seconds that connecting may take, with names looked up and TLS agreed on; nil: libcurl's 300.
  public var connectTimeout: Double? = 10
  /// Seconds in which not one byte may come or go; nil: no limit.
  public var silenceTimeout: Double? = 10
  /// Seconds after which a request has to have moved ``leastRate`` bytes a second, and that again for each such time that it
  /// goes on; never less than three times ``silenceTimeout``.
  public var rateGrace = 30.0
  /// See ``rateGrace``.
  public var leastRate = 512.0
  /// How often a request is sent again at most.
  public var retries = 4
  /// Seconds before the first retry; each one after that waits twice as long.
  public var retryDelay = 0.5
  /// The longest that a service may make us wait with `Retry-After`, in seconds; it gets no retry when it asks for more.
  public var longestWait = 30.0
  /// The most bytes of an answer's body, decompressed.
  public var answerLimit = 64 << 20
  /// The proxy; nil for what the environment says, empty for none.
  public var proxy: String?
  /// Asked for the proxy's password where its URL names a user alone; nil: nobody is.
  public var proxyCredential: GitCredential?
  /// How the proxy is told who asks.
  public var proxyAuthentication = ProxyAuthentication.any
  /// A file of cookies that are sent.
  public var cookieFile: String?
  /// The oldest version of TLS that is spoken; nil: libcurl's.
  public var tlsVersion: TLSVersion?
  /// The ciphers, as `CURLOPT_SSL_CIPHER_LIST` takes them; nil: libcurl's.
  public var ciphers: String?
  /// Certificates of authorities to trust in place of the system's: a file.
  public var caFile: String?
  /// The same: a directory.
  public var caPath: String?
  /// The hash of the public key that the server must have, as `CURLOPT_PINNEDPUBLICKEY` takes it.
  public var pinnedKey: String?
  /// The certificate to show the server, and its private key.
  public var clientCertificate: String?
  /// The file of its private key.
  public var clientKey: String?
  /// Whether certificates are checked.
  public var verifiesCertificates = true
  /// Whether HTTP/1.1 is spoken although the server would speak HTTP/2.
  public var staysWithHTTP1 = false
  /// Fewer bytes a second than this, for ``slowTime``, end a transfer; 0: no limit.
  public var slowLimit = 0
  /// Seconds; see ``slowLimit``.
  public var slowTime = 0
  /// What to warn a person of.
  public var warnings: [HTTPWarning] = []

  /// The ways of `http.proxyAuthMethod` (git-config(1)).
  public enum ProxyAuthentication: String, Sendable {
    /// What the proxy asks for.
    case any = "anyauth"
    /// One of its ways only.
    case basic, digest, negotiate, ntlm
  }

  /// The versions of `http.sslVersion` (git-config(1)).
  public enum TLSVersion: String, Sendable {
    /// Any that begins with 1.
    case tls1 = "tlsv1"
    /// 1.0 or later.
    case tls10 = "tlsv1.0"
    /// 1.1 or later.
    case tls11 = "tlsv1.1"
    /// 1.2 or later.
    case tls12 = "tlsv1.2"
    /// 1.3 or later.
    case tls13 = "tlsv1.3"
  }

  /// The settings that hold where nothing else is said.
  public init(_ service: ServiceURL) { self.service = service }
}
