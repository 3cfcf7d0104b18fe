import CCurl
import ByteStrings

extension UnsafeMutableRawPointer {
  /// What an easy handle is to send.
  func set(request: HTTPRequest, url: String) throws(HTTPFailure) {
    try text(CURLOPT_URL, url)
    if let body = request.body {
      _ = dev_infra_curl_set_offset(self, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      let code = body.withUnsafeBytes { bytes in
        // Copied by libcurl, at once. An empty body has no address, and any will do.
        dev_infra_curl_set_pointer(
          self, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? self)
      }
      try check(code)
    }
    if request.method == "HEAD" {
      _ = dev_infra_curl_set_long(self, CURLOPT_NOBODY, 1)
    } else {
      guard request.method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        throw .notSent(.unknownMethod(request.method))
      }
      try text(CURLOPT_CUSTOMREQUEST, request.method)
    }
    // libcurl sends a request again by itself when a connection it had kept turns out to be dead; it cannot know
    // whether the service had read it before. On a connection of its own that does not happen.
    if !request.isRepeatable { _ = dev_infra_curl_set_long(self, CURLOPT_FRESH_CONNECT, 1) }
  }

  /// How an easy handle is to send it.
  func set(_ settings: HTTPSettings) throws(HTTPFailure) {
    try check(dev_infra_curl_only_http(self))
    long(CURLOPT_FOLLOWLOCATION, 0)
    long(CURLOPT_NOSIGNAL, 1)
    long(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try text(CURLOPT_USERAGENT, Curl.userAgent)
    try text(CURLOPT_ACCEPT_ENCODING, "gzip")
    if let seconds = settings.connectTimeout {
      long(CURLOPT_CONNECTTIMEOUT_MS, Swift.max(1, Int(seconds * 1000)))
    }
    long(CURLOPT_LOW_SPEED_LIMIT, settings.slowLimit)
    long(CURLOPT_LOW_SPEED_TIME, settings.slowTime)
    if settings.staysWithHTTP1 { long(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)) }
    try text(CURLOPT_PROXY, settings.proxy)
    long(CURLOPT_PROXYAUTH, settings.proxyAuthentication.option)
    try text(CURLOPT_COOKIEFILE, settings.cookieFile)
    try text(CURLOPT_SSL_CIPHER_LIST, settings.ciphers)
    if let version = settings.tlsVersion { long(CURLOPT_SSLVERSION, version.option) }
    if !settings.verifiesCertificates {
      long(CURLOPT_SSL_VERIFYPEER, 0)
      long(CURLOPT_SSL_VERIFYHOST, 0)
    }
    try text(CURLOPT_CAINFO, settings.caFile)
    try text(CURLOPT_CAPATH, settings.caPath)
    try text(CURLOPT_PINNEDPUBLICKEY, settings.pinnedKey)
    try text(CURLOPT_SSLCERT, settings.clientCertificate)
    try text(CURLOPT_SSLKEY, settings.clientKey)
  }

  /// What an easy handle tells the proxy.
  func set(proxyLogin: GitCredential.Filled) throws(HTTPFailure) {
    try text(CURLOPT_PROXYUSERNAME, proxyLogin.user)
    try text(CURLOPT_PROXYPASSWORD, proxyLogin.key.text)
  }

  /// How an easy handle shows who sends it.
  func set(_ authorization: Authorization, user: String?) throws(HTTPFailure) {
    let netrc = authorization == .netrc ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED
    long(CURLOPT_NETRC, Int(netrc.rawValue))
    long(CURLOPT_HTTPAUTH, HTTPSettings.ProxyAuthentication.basic.option)
    switch authorization {
    case .none, .bearer: break
    case .netrc: try text(CURLOPT_USERNAME, user)
    case .basic(let user, let password):
      try text(CURLOPT_USERNAME, user)
      try text(CURLOPT_PASSWORD, password.text)
    }
  }

  private func long(_ option: CURLoption, _ value: Int) { _ = dev_infra_curl_set_long(self, option, value) }

  private func text(_ option: CURLoption, _ value: String?) throws(HTTPFailure) {
    guard let value else { return }
    let bytes = ByteText.bytes(of: value)
    guard !bytes.contains(0) else { throw .notSent(.holdsNUL) }
    try check(dev_infra_curl_set_text(self, option, bytes.map { CChar(bitPattern: $0) } + [0]))
  }

  private func check(_ code: CURLcode) throws(HTTPFailure) {
    guard code == CURLE_OK else {
      throw .notSent(.library(.setting, said: String(cString: curl_easy_strerror(code))))
    }
  }
}

extension HTTPSettings.ProxyAuthentication {
  /// `CURLAUTH_…`, which are macros that Swift does not see.
  fileprivate var option: Int {
    switch self {
    case .basic: 1 << 0
    case .digest: 1 << 1
    case .negotiate: 1 << 2
    case .ntlm: 1 << 3
    case .any: ~(1 << 4)
    }
  }
}

extension HTTPSettings.TLSVersion {
  fileprivate var option: Int {
    switch self {
    case .tls1: CURL_SSLVERSION_TLSv1
    case .tls10: CURL_SSLVERSION_TLSv1_0
    case .tls11: CURL_SSLVERSION_TLSv1_1
    case .tls12: CURL_SSLVERSION_TLSv1_2
    case .tls13: CURL_SSLVERSION_TLSv1_3
    }
  }
}
