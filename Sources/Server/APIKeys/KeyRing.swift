import SystemSupport
import Synchronization
public import SystemPackage

/// The keys of a running server: those that are in the file now, no matter who changes it.
public final class KeyRing: Sendable {
  private let file: KeyFile
  private let state: Mutex<State>

  private struct State {
    var entries: [KeyEntry] = []
    var version: FileVersion?
    var failure: (any Error)?
    /// Whether a key has been seen since the start. From then on one is needed: revoking the last key is not meant to
    /// open the server to all.
    var isLocked = false
  }

  /// The key of this run of the server alone; nil where there is none.
  private let ownKey: KeyEntry?

  /// Reads the keys of the registry at `registry`.
  ///
  /// - Parameter ownKey: one more, which is kept nowhere; a server that has one is never open to all.
  /// - Throws: where they cannot be read; later on, that is ``Answer/unreadable(_:)``.
  public init(registry: FilePath, ownKey: KeyEntry? = nil) throws {
    self.ownKey = ownKey
    file = KeyFile(registry: registry)
    state = Mutex(State())
    if let failure = current({ $0.failure }) { throw failure }
  }

  /// Whether clients need a key.
  public var isLocked: Bool { ownKey != nil || current { $0.isLocked } }

  /// Whether a key that opened the door is still one.
  public func holds(_ entry: KeyEntry) -> Bool {
    if let ownKey, ownKey.digest.matches(entry.digest) { return true }
    return current { state in state.entries.contains { $0.digest.matches(entry.digest) } }
  }

  /// Whether there is any key now.
  public var isEmpty: Bool { current { $0.entries.isEmpty } }

  /// What a key opens.
  public enum Answer: Sendable {
    /// The server's door, to this extent.
    case opens(KeyEntry)
    /// Nothing: it is not one of the keys.
    case unknown
    /// It cannot be known, for the keys cannot be read.
    case unreadable(any Error)
  }

  /// What this key opens. Takes as long whichever key matches, and where none does.
  public func lookUp(_ key: some Sequence<UInt8>) -> Answer { lookUp([Array(key)]) }

  /// What the first of these opens that is a key. Takes as long whichever matches.
  public func lookUp(_ keys: [[UInt8]]) -> Answer {
    let digests = keys.map { KeyDigest(of: $0) }
    return current { state in
      if let failure = state.failure { return .unreadable(failure) }
      var found: KeyEntry?
      for digest in digests.reversed() {
        for entry in state.entries where entry.digest.matches(digest) { found = entry }
      }
      return found.map { .opens($0) } ?? .unknown
    }
  }

  private func current<Value: Sendable>(_ body: (borrowing State) -> Value) -> Value {
    state.withLock { state in
      let version = FileVersion(of: file.path)
      if state.version != version {
        do {
          state.entries = try file.read()
          state.failure = nil
          // The version is from before the reading, so that a change in between is seen the next time.
          state.version = version
        } catch {
          state.failure = error
          state.version = nil
        }
        if state.failure != nil || !state.entries.isEmpty { state.isLocked = true }
      }
      return body(state)
    }
  }
}
