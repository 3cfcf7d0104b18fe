import ByteStrings
import Registry

/// What git says on stderr while it connects.
///
/// Only the thread that waits for children appends and reads.
public final class ConnectionLog: @unchecked Sendable {
  /// More than this is progress that nobody reads again.
  private static let limit = 1 << 16
  private var bytes: [UInt8] = []
  private var early: [String] = []

  /// Nothing yet.
  public init() {}

  /// Takes what comes.
  public func append(_ more: [UInt8]) {
    bytes += more
    guard bytes.count > Self.limit else { return }
    // Progress follows what git warns of at the beginning.
    early = warnings
    bytes.removeFirst(bytes.count - Self.limit / 2)
  }

  /// What git warned of, a sentence each, the first of many; safe for a terminal.
  public var warnings: [String] {
    var told: [String] = []
    for warning in early + GitDiagnostics.warnings(bytes)
    where told.count < 5 && !told.containsBytes(of: warning) {
      told.append(warning)
    }
    return told
  }

  /// The last line that is not empty.
  public var lastLine: String? {
    let tail = bytes.suffix(512).split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    return tail.last.map { RemoteURL.withoutSecrets(ByteText.string(from: $0)) }
  }

  /// Whether the connection ended before anything came, as a busy server ends it.
  public var connectionWasDropped: Bool { GitDiagnostics.connectionWasDropped(bytes) }

  /// Whether a person was wanted, who could not be asked or did not know.
  public var personWasWanted: Bool { GitDiagnostics.personWasWanted(bytes) }

  /// Whether the host was not reached.
  public var hostWasNotReached: Bool { GitDiagnostics.hostWasNotReached(bytes) }

  /// Why it failed, in git's words; nil where it gave none.
  public var reason: String? { GitDiagnostics.reason(bytes) }
}
