import ByteStrings
import SystemSupport

/// What a proxy is told where its URL names a user and no password: git's credential helpers or the person are asked, as by git.
final class ProxyLogin {
  private let credential: GitCredential
  private var filled: GitCredential.Filled?
  private var isSettled = false

  init(_ credential: GitCredential) { self.credential = credential }

  /// The name and the password, asked for once.
  ///
  /// - Throws: where nobody knows one.
  func ask() throws(HTTPFailure) -> GitCredential.Filled {
    if let filled { return filled }
    do throws(HTTPFailure) {
      let answer = try credential.fill()
      filled = answer
      return answer
    } catch {
      guard case .notSent(.noKey(let host, let said)) = error else { throw error }
      throw .notSent(.noProxyPassword(host: host, said: said))
    }
  }

  /// The proxy passed a request on.
  func wasTaken() {
    guard !isSettled, let filled else { return }
    isSettled = true
    credential.approve(filled)
  }

  /// The proxy asked for another.
  func wasRefused() {
    guard !isSettled, let filled else { return }
    isSettled = true
    credential.reject(filled)
  }
}

/// The URL of a proxy.
enum ProxyURL {
  /// It without the user in it; nil where it names none, or a password as well.
  static func withoutUser(_ text: String) -> (url: String, service: ServiceURL)? {
    let whole = text.holds(text: "://") ? text : "http://\(text)"
    guard let service = try? ServiceURL(whole), service.user?.isEmpty == false,
      let rest = whole.dropFirst(service.scheme.utf8.count + 3).split(at: "@").last
    else { return nil }
    return ("\(service.scheme)://\(rest)", service)
  }

  /// What libcurl takes from the environment for URLs of a scheme, by the rules of curl(1).
  static func ofEnvironment(_ scheme: String, _ environment: (String) -> String?) -> String? {
    let names = scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    return (names + ["all_proxy", "ALL_PROXY"]).compactMap { environment($0) }.first { !$0.isEmpty }
  }
}
