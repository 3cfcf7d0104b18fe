import CCurl
import SystemSupport

/// libcurl, started once a process and only when something is to be sent: it costs some milliseconds.
enum Curl {
  static func start() throws(HTTPFailure) {
    guard started == CURLE_OK else {
      throw .notSent(.library(.start, said: String(cString: curl_easy_strerror(started))))
    }
  }

  private static let started = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
  static let userAgent = "dev-infra/\(ToolsetVersion.number)"
}
