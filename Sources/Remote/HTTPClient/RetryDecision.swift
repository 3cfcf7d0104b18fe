import CCurl
import SystemSupport
import ByteStrings
import Registry

/// What becomes of a request after one sending of it.
enum RetryDecision {
  /// That is it.
  case done(Result<HTTPResponse, HTTPFailure>)
  /// It is sent again at this time, by the monotonic clock; perhaps nothing is sent before.
  case again(Job, due: Double, pausesAll: Bool)

  init(
    _ transfer: Transfer, _ code: CURLcode, _ request: HTTPRequest, _ settings: HTTPSettings,
    _ keys: KeyHolder
  ) {
    let attempt = Attempt(transfer: transfer, request: request, settings: settings)
    self = code == CURLE_OK ? attempt.answered(keys) : attempt.failed(code)
  }
}

/// One sending that has ended.
private struct Attempt {
  let transfer: Transfer
  let request: HTTPRequest
  let settings: HTTPSettings

  func answered(_ keys: KeyHolder) -> RetryDecision {
    let response = HTTPResponse(status: transfer.status, body: transfer.body, fields: transfer.fields)
    switch response.status {
    case 200...299: keys.wasTaken(transfer.authorization)
    case 301, 302, 303, 307, 308: return redirected(response)
    case 401:
      do throws(HTTPFailure) {
        // Who is not let in has done nothing: even what creates may go again.
        let challenges = response.fields.filter { $0.name.lowercased() == "www-authenticate" }.map(\.value)
        if try keys.wasRefused(transfer.authorization, challenges) {
          return .again(transfer.job, due: 0, pausesAll: false)
        }
      } catch {
        return .done(.failure(error))
      }
    case 429, 502, 503, 504:
      if request.isRepeatable, let pause = pause(response.header("Retry-After")) {
        return again(after: pause, pausesAll: response.status == 429 || response.status == 503)
      }
    default: break
    }
    return .done(.success(response))
  }

  /// Only to the same origin, and only where the request stays what it is; else a person has to look at it.
  private func redirected(_ response: HTTPResponse) -> RetryDecision {
    guard let target = transfer.redirection else { return .done(.success(response)) }
    let shown = Quoting.visible(RemoteURL.withoutSecrets(String(target.prefix(300))))
    func refused(_ reason: String) -> RetryDecision {
      .done(.failure(.notSent("\(what) failed: the server redirects it to '\(shown)', \(reason)")))
    }
    guard let there = try? ServiceURL(target), let here = try? ServiceURL(transfer.job.url) else {
      return refused("which is not the address of a web service; check the remote's URL")
    }
    guard there.origin == here.origin else {
      return refused(
        "which is elsewhere, and was not followed; if the service is there now, make that the remote's URL")
    }
    guard request.method == "GET" || request.method == "HEAD" || response.status >= 307 else {
      return refused("as another request; check the remote's URL")
    }
    guard transfer.job.redirections < 5 else { return refused("again and again; check the remote's URL") }
    var job = transfer.job
    job.url = target
    job.redirections += 1
    return .again(job, due: 0, pausesAll: false)
  }

  func failed(_ code: CURLcode) -> RetryDecision {
    let mayHaveBeenSent = transfer.mayHaveBeenSent
    if transfer.ending == nil, mayHaveBeenSent ? breaksOff(code) && request.isRepeatable : isRefused(code),
      let pause = pause(nil)
    {
      return again(after: pause, pausesAll: false)
    }
    let sentence = "\(what) failed: \(reason(code))"
    return .done(.failure(mayHaveBeenSent ? .unanswered(sentence) : .notSent(sentence)))
  }

  /// The service was there a moment ago, or will be in one.
  private func isRefused(_ code: CURLcode) -> Bool {
    code == CURLE_COULDNT_CONNECT
  }

  /// The connection broke while the request or the answer was on its way.
  private func breaksOff(_ code: CURLcode) -> Bool {
    [
      CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
      CURLE_HTTP2_STREAM, CURLE_SSL_CONNECT_ERROR,
    ].contains(code)
  }

  private func again(after seconds: Double, pausesAll: Bool) -> RetryDecision {
    var job = transfer.job
    job.retries += 1
    return .again(job, due: Clock.monotonicSeconds + seconds, pausesAll: pausesAll)
  }

  /// Seconds until the next sending; nil when there is to be none.
  private func pause(_ retryAfter: String?) -> Double? {
    guard transfer.job.retries < settings.retries else { return nil }
    // Twice as long each time, less a random part: clients that were refused together do not come back together.
    let own = settings.retryDelay * Double(1 << transfer.job.retries) * Double.random(in: 0.5...1)
    guard let asked = retryAfter.flatMap({ RetryAfter.seconds($0) }) else { return own }
    return asked > settings.longestWait ? nil : max(own, asked)
  }

  private var what: String {
    let url = (try? ServiceURL(transfer.job.url))?.visible ?? settings.service.visible
    return "\(request.method) of \(url)"
  }

  private func reason(_ code: CURLcode) -> String {
    switch transfer.ending {
    case .silent:
      return
        "the server said nothing for \(Int((settings.silenceTimeout ?? 0).rounded(.up))) seconds; 'dev-infra config dev-infra.timeout SECONDS' allows more"
    case .slow:
      return
        "the answer comes too slowly to end; 'dev-infra config dev-infra.timeout SECONDS' allows more"
    case .tooLarge:
      return
        "the answer is larger than the \(settings.answerLimit) bytes that are taken; check that the URL is that of the service"
    case nil: break
    }
    let said = Quoting.visible(RemoteURL.withoutSecrets(transfer.reason(code)))
    return "\(said); \(advice(code))"
  }

  private func advice(_ code: CURLcode) -> String {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: "check the host's name and the network"
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: "check http.proxy and the proxy of the environment"
    case CURLE_COULDNT_CONNECT: "check that the service runs there, and the network and proxy"
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
      "where the certificate is from an authority of your own, name its file with 'dev-infra config http.sslCAInfo FILE'"
    case CURLE_SSL_CACERT_BADFILE: "check http.sslCAInfo and GIT_SSL_CAINFO"
    case CURLE_SSL_CERTPROBLEM: "check http.sslCert and http.sslKey"
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: "check http.pinnedPubkey"
    case CURLE_SSL_CONNECT_ERROR: "check that the service speaks TLS on that port"
    case CURLE_OPERATION_TIMEDOUT: "check the network, or try again later"
    default: "try again; what has been done is not done twice"
    }
  }
}
