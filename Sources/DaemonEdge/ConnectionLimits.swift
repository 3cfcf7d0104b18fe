import Platform

/// What a client may take of a server. Times are in seconds, sizes in bytes.
public struct ConnectionLimits: Sendable {
  /// The longest address of a request.
  public var address = 8192
  /// The longest header field.
  public var headerField = 16 << 10
  /// All header fields of a request.
  public var headers = 64 << 10
  /// The most header fields of a request.
  public var headerCount = 100
  /// The largest body of a request to the API: an import of 10,000 projects has 5 MB.
  public var body = 16 << 20
  /// The largest body of a git request.
  public var gitBody = 1 << 30
  /// The time for a request's head, from its first byte.
  public var headTime = 20.0
  /// The time for a request's body, to which every ``bodyRate`` bytes add a second.
  public var bodyTime = 30.0
  /// The least bytes of a body that have to come in a second, on average.
  public var bodyRate = 512
  /// The time until an answer begins, from the end of the request.
  public var answerTime = 120.0
  /// The time without any progress in which a client takes nothing of its answer.
  public var stallTime = 60.0
  /// The time that a connection may be without a request.
  public var idleTime = 75.0
  /// The time that a client has to take notice of a refusal.
  public var lingerTime = 2.0
  /// The most connections at a time.
  public var connections = 512
  /// The most git requests at a time, each of which is a process.
  public var gitRequests = 16
  /// Wrong keys from one address that are told so within a minute; further ones are not looked at.
  public var wrongKeys = 20

  /// The limits as they are, or as `DEV_INFRA_TEST_DAEMON_LIMITS` has them: tests do not wait for a minute.
  public init() {
    for setting in Environment["DEV_INFRA_TEST_DAEMON_LIMITS"]?.split(separator: ",") ?? [] {
      let parts = setting.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Double(parts[1]), value >= 0, value < 1e12 else { continue }
      switch parts[0] {
      case "body": body = Int(value)
      case "git-body": gitBody = Int(value)
      case "head-time": headTime = value
      case "body-time": bodyTime = value
      case "answer-time": answerTime = value
      case "stall-time": stallTime = value
      case "idle-time": idleTime = value
      case "connections": connections = Int(value)
      case "git-requests": gitRequests = Int(value)
      case "wrong-keys": wrongKeys = Int(value)
      default: continue
      }
    }
  }

  /// How often a connection looks at the clock.
  var tick: Double { max(0.05, min(1, headTime / 4, bodyTime / 4, answerTime / 4, idleTime / 4)) }

  /// The largest body of a request to this path.
  func body(for path: String) -> Int { path.hasPrefix(GitService.root) ? gitBody : body }
}
