import ByteStrings
import Git
public import HTTPClient
public import Terminal

extension HTTPFailure: ReportedError {
  /// The failure in words: what was asked, of which host, why it failed and what to do.
  public var failure: Failure { .fatal(reason.sentence) }
}

extension HTTPFailure.Reason {
  fileprivate var sentence: String {
    switch self {
    case .library(let step, let said): "libcurl \(step.words): \(said)"
    case .noMemory: "libcurl gave no handle: memory is short"
    case .unusableURL(let url, let fault): "the URL '\(url)' \(fault.words)"
    case .holdsNUL: "a setting or URL holds a NUL byte, and cannot be used"
    case .unsendableField: "a header field of a request cannot be sent: it holds a control character"
    case .unknownMethod(let method): "'\(Quoting.visible(method))' is not a method of HTTP"
    case .unsendableKey: "the value of DEV_INFRA_API_KEY holds a control character, and cannot be sent"
    case .unsendableExtraHeader: "http.extraHeader holds a control character, and cannot be sent"
    case .keyNotAsked(let host, let error): "asking git for the key of \(host) failed: \(error.message)"
    case .noKey(let host, let said):
      "\(host) asks for a key, and there is none (\(said ?? "git gave no reason")); set DEV_INFRA_API_KEY, "
        + "or give the key as the password to 'git credential approve'"
    case .unsendableCredential(let host):
      "\(host) asks for a key, and git's credential helpers gave none that can be sent; set DEV_INFRA_API_KEY, "
        + "or store the key as the password"
    case .noProxyPassword(let host, let said):
      "the proxy \(host) takes a password, and there is none (\(said ?? "git gave no reason")); give it to "
        + "'git credential approve', or set GIT_ASKPASS"
    case .refusedByProxy(hadLogin: false):
      "the proxy asks for a name and a password; name the user in http.proxy, as http://USER@HOST:PORT, and git's credential "
        + "helpers or you are asked for the password"
    case .refusedByProxy(hadLogin: true): "the proxy did not take the name and the password that it was told"
    case .redirected(let exchange, let target, let why):
      "\(exchange.words) failed: the server redirects it to '\(target)', \(why.words)"
    case .failed(let exchange, let cause): "\(exchange.words) failed: \(cause.words)"
    case .system(let said): said
    case .notBegun: "the request was not sent"
    }
  }
}

extension HTTPFailure.Step {
  fileprivate var words: String {
    switch self {
    case .start: "cannot start"
    case .setting: "does not take a setting"
    case .request: "does not take a request"
    }
  }
}

extension HTTPFailure.URLFault {
  fileprivate var words: String {
    switch self {
    case .noMemory: "cannot be read: memory is short"
    case .malformed: "is not one of a web service; it should look like https://host/"
    case .otherScheme: "is neither http nor https"
    case .noHost: "names no host"
    case .password:
      "has a password in it, which every list of processes would show; put it into DEV_INFRA_API_KEY or a "
        + "credential helper of git"
    }
  }
}

extension HTTPFailure.Exchange {
  fileprivate var words: String { "\(method) of \(url)" }
}

extension HTTPFailure.Redirection {
  fileprivate var words: String {
    switch self {
    case .notAService: "which is not the address of a web service; check the remote's URL"
    case .elsewhere:
      "which is elsewhere, and was not followed; if the service is there now, make that the remote's URL"
    case .asAnother: "as another request; check the remote's URL"
    case .again: "again and again; check the remote's URL"
    }
  }
}

extension HTTPFailure.Cause {
  fileprivate var words: String {
    switch self {
    case .silence(let seconds):
      "the server said nothing for \(seconds) seconds; 'dev-infra config dev-infra.timeout SECONDS' allows more"
    case .slowness:
      "the answer comes too slowly to end; 'dev-infra config dev-infra.timeout SECONDS' allows more"
    case .tooLarge(let limit):
      "the answer is larger than the \(limit) bytes that are taken; check that the URL is that of the service"
    case .library(let fault, let said): "\(said); \(fault.advice)"
    }
  }
}

extension HTTPFailure.Fault {
  fileprivate var advice: String {
    switch self {
    case .unknownHost: "check the host's name and the network"
    case .proxy: "check http.proxy and the proxy of the environment"
    case .notConnected: "check that the service runs there, and the network and proxy"
    case .untrustedCertificate:
      "where the certificate is from an authority of your own, name its file with 'dev-infra config http.sslCAInfo FILE'"
    case .authoritiesFile: "check http.sslCAInfo and GIT_SSL_CAINFO"
    case .clientCertificate: "check http.sslCert and http.sslKey"
    case .pinnedKey: "check http.pinnedPubkey"
    case .tls: "check that the service speaks TLS on that port"
    case .timeout: "check the network, or try again later"
    case .other: "try again; what has been done is not done twice"
    }
  }
}

extension HTTPWarning {
  /// The warning as one sentence, safe for a terminal.
  public var sentence: String {
    switch self {
    case .certificateNotChecked(let host):
      "the certificate of \(Quoting.visible(host)) is not checked, as http.sslVerify or GIT_SSL_NO_VERIFY says"
    case .keyNotSent(let host):
      "DEV_INFRA_API_KEY is not sent to \(Quoting.visible(host)): it goes to the one work-prod service among the "
        + "registry's remotes, or to the host that dev-infra.apiKeyHost names"
    case .keyUnencrypted(let host):
      "the key goes to \(Quoting.visible(host)) for everybody on the way to read, as its URL is not https"
    }
  }
}
