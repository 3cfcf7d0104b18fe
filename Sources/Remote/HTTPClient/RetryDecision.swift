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
    _ keys: KeyHolder, _ proxyLogin: ProxyLogin?
  ) {
    let attempt = Attempt(transfer: transfer, request: request, settings: settings)
    if transfer.isRefusedByProxy {
      proxyLogin?.wasRefused()
      self = .done(.failure(.notSent(.refusedByProxy(hadLogin: proxyLogin != nil))))
      return
    }
    if code == CURLE_OK { proxyLogin?.wasTaken() }
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
    func refused(_ why: HTTPFailure.Redirection) -> RetryDecision {
      .done(.failure(.notSent(.redirected(exchange, to: shown, why))))
    }
    guard let there = try? ServiceURL(target), let here = try? ServiceURL(transfer.job.url) else {
      return refused(.notAService)
    }
    guard there.origin == here.origin else {
      return refused(.elsewhere)
    }
    guard request.method == "GET" || request.method == "HEAD" || response.status >= 307 else {
      return refused(.asAnother)
    }
    guard transfer.job.redirections < 5 else { return refused(.again) }
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
    let reason = HTTPFailure.Reason.failed(exchange, cause(code))
    return .done(.failure(mayHaveBeenSent ? .unanswered(reason) : .notSent(reason)))
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

  private var exchange: HTTPFailure.Exchange {
    let url = (try? ServiceURL(transfer.job.url))?.visible ?? settings.service.visible
    return HTTPFailure.Exchange(method: request.method, url: url)
  }

  private func cause(_ code: CURLcode) -> HTTPFailure.Cause {
    switch transfer.ending {
    case .silent: .silence(seconds: Int((settings.silenceTimeout ?? 0).rounded(.up)))
    case .slow: .slowness
    case .tooLarge: .tooLarge(limit: settings.answerLimit)
    case nil:
      .library(
        HTTPFailure.Fault(code), said: Quoting.visible(RemoteURL.withoutSecrets(transfer.reason(code))))
    }
  }
}

extension HTTPFailure.Fault {
  fileprivate init(_ code: CURLcode) {
    self =
      switch code {
      case CURLE_COULDNT_RESOLVE_HOST: .unknownHost
      case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxy
      case CURLE_COULDNT_CONNECT: .notConnected
      case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
        .untrustedCertificate
      case CURLE_SSL_CACERT_BADFILE: .authoritiesFile
      case CURLE_SSL_CERTPROBLEM: .clientCertificate
      case CURLE_SSL_PINNEDPUBKEYNOTMATCH: .pinnedKey
      case CURLE_SSL_CONNECT_ERROR: .tls
      case CURLE_OPERATION_TIMEDOUT: .timeout
      default: .other
      }
  }
}
