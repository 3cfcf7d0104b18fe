import ByteStrings
import SystemSupport

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
  /// The largest body of a request to the API: an import of 10,000 projects has 4 MB.
  public var body = 8 << 20
  /// What the bodies of all requests to the API may have together that are not answered yet.
  public var bodies = 32 << 20
  /// The most values in a body of JSON: a project has twelve.
  public var values = 400_000
  /// The largest body of a fetch by git, unpacked: 160,000 names of commits.
  public var fetchBody = 8 << 20
  /// The most bytes that a push by git may have.
  public var push = 128 << 20
  /// The most memory that a process of git may take for a push.
  public var pushMemory = 192 << 20
  /// The most memory that a process of git may take for a fetch, which depends on the registry.
  public var fetchMemory = 1 << 30
  /// The time for a request's head, from its first byte.
  public var headTime = 20.0
  /// The time for a request's body, and for an answer, that no rate is asked for.
  public var bodyTime = 30.0
  /// Bytes per second, on average, below which a body or an answer that takes ``bodyTime`` is too slow; one that takes twice
  /// as long needs twice the rate.
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
  /// The time that a connection without a request is left alone where there are too many.
  public var idleGrace = 2.0
  /// The time that a request may take to come in where there are too many.
  public var slowGrace = 5.0
  /// The most git requests at a time, each of which is a process.
  public var gitRequests = 16
  /// The time that a git request waits for its turn.
  public var gitWait = 10.0
  /// Wrong keys from one address that are told so within a minute; further ones are not looked at.
  public var wrongKeys = 20
  /// The time after which a browser that has signed in has to do so again.
  public var sessionTime = 12 * 3600.0
  /// The time in which the link of a run may be opened.
  public var linkTime = 600.0

  /// The limits as they are, or those of `DEV_INFRA_TEST_DAEMON_LIMITS`: tests do not wait for a minute.
  public init() {
    for setting in Environment["DEV_INFRA_TEST_DAEMON_LIMITS"]?.split(at: ",") ?? [] {
      let parts = setting.split(at: "=", maxSplits: 1)
      guard parts.count == 2, let value = Double(parts[1]), value >= 0, value < 1e12 else { continue }
      switch parts[0] {
      case "body": body = Int(value)
      case "bodies": bodies = Int(value)
      case "fetch-body": fetchBody = Int(value)
      case "push-memory": pushMemory = Int(value)
      case "head-time": headTime = value
      case "body-time": bodyTime = value
      case "answer-time": answerTime = value
      case "stall-time": stallTime = value
      case "idle-time": idleTime = value
      case "connections": connections = Int(value)
      case "git-requests": gitRequests = Int(value)
      case "git-wait": gitWait = value
      case "idle-grace": idleGrace = value
      case "slow-grace": slowGrace = value
      case "wrong-keys": wrongKeys = Int(value)
      case "session-time": sessionTime = value
      case "link-time": linkTime = value
      default: continue
      }
    }
  }

  /// How often a connection looks at the clock.
  var tick: Double { max(0.05, min(1, headTime / 4, bodyTime / 4, answerTime / 4, idleTime / 4)) }

  /// The most connections that one client may have: a quarter of many.
  var connectionShare: Int { connections >= 64 ? connections / 4 : connections }

  /// The largest body of a push: what is too much for git is to reach it, which says so in words that people see.
  var pushBody: Int { push + max(push, 64 << 20) }

  /// The largest body of a request to this path.
  func body(for path: String) -> Int {
    switch path {
    case "\(GitService.root)/\(GitService.receivePack.rawValue)": pushBody
    case "\(GitService.root)/\(GitService.uploadPack.rawValue)": fetchBody
    default: body
    }
  }

  /// Whether so many bytes are too few for the seconds that they took.
  func isTooSlow(_ bytes: Int, in seconds: Double) -> Bool {
    seconds >= bodyTime && Double(bytes) < Double(bodyRate) * seconds * seconds / max(bodyTime, 0.001)
  }
}
