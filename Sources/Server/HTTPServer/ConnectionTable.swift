import NIOCore
import Synchronization

/// The connections of a server: how many there are, how many a client has, and which of them can go where there are too
/// many.
///
/// A connection that waits for its client, between requests or in the middle of one, gives way to a new one; one whose
/// request is there, and being answered, does not.
final class ConnectionTable: Sendable {
  /// What a connection waits for.
  enum Phase: Sendable {
    /// Another request.
    case idle
    /// The rest of a request.
    case receiving
    /// The server.
    case answering
  }

  private struct Connection {
    let channel: any Channel
    let source: String
    var phase = Phase.idle
    var since = NIODeadline.now()
  }

  private struct State {
    var connections: [Int: Connection] = [:]
    var counts: [String: Int] = [:]
    var last = 0
  }

  private let limits: ConnectionLimits
  private let state = Mutex(State())
  private let bodies = Atomic(0)

  init(_ limits: ConnectionLimits) { self.limits = limits }

  /// Takes a connection in, and sends one away in its place where there are too many.
  ///
  /// - Returns: its number, and whether it is one too many itself.
  func add(_ channel: any Channel) -> (number: Int, isTooMany: Bool) {
    let source = ClientAddress.source(channel.remoteAddress)
    let (number, isTooMany, victim) = state.withLock { state -> (Int, Bool, (any Channel)?) in
      state.last += 1
      let number = state.last
      let isOverShare = state.counts[source, default: 0] >= limits.connectionShare
      var victim: Int?
      if isOverShare {
        victim = weakest(state) { $0.source == source }
      } else if state.connections.count >= limits.connections {
        victim = weakest(state) { _ in true }
      }
      let isTooMany = victim == nil && (isOverShare || state.connections.count >= limits.connections)
      let channelOfVictim = victim.flatMap { remove($0, &state) }
      state.connections[number] = Connection(channel: channel, source: source)
      state.counts[source, default: 0] += 1
      return (number, isTooMany, channelOfVictim)
    }
    victim?.close(promise: nil)
    return (number, isTooMany)
  }

  /// Takes notice of what a connection waits for.
  func note(_ number: Int, _ phase: Phase) {
    state.withLock { state in
      guard state.connections[number] != nil else { return }
      state.connections[number]?.phase = phase
      state.connections[number]?.since = .now()
    }
  }

  /// Takes a connection out.
  func remove(_ number: Int) { _ = state.withLock { remove(number, &$0) } }

  private func remove(_ number: Int, _ state: inout State) -> (any Channel)? {
    guard let connection = state.connections.removeValue(forKey: number) else { return nil }
    state.counts[connection.source] = state.counts[connection.source].flatMap { $0 > 1 ? $0 - 1 : nil }
    return connection.channel
  }

  /// The one to send away: of the client with the most connections, the one that has waited longest, without a request
  /// before in the middle of one.
  private func weakest(_ state: borrowing State, among isOne: (Connection) -> Bool) -> Int? {
    let now = NIODeadline.now()
    var found: (number: Int, rank: (Int, Int, Int64))?
    for (number, connection) in state.connections where isOne(connection) {
      let waited = now - connection.since
      switch connection.phase {
      case .answering: continue
      case .idle where waited < .seconds(limits.idleGrace): continue
      case .receiving where waited < .seconds(limits.slowGrace): continue
      default: break
      }
      let rank = (
        state.counts[connection.source, default: 0], connection.phase == .idle ? 1 : 0, waited.nanoseconds
      )
      if found.map({ $0.rank < rank }) ?? true { found = (number, rank) }
    }
    return found?.number
  }

  // MARK: Bodies

  /// Takes so many bytes more of the memory that bodies may have together.
  ///
  /// - Returns: whether they are to be had.
  func reserve(_ bytes: Int) -> Bool {
    if bodies.add(bytes, ordering: .relaxed).newValue <= limits.bodies { return true }
    bodies.subtract(bytes, ordering: .relaxed)
    return false
  }

  /// Gives them back.
  func release(_ bytes: Int) { bodies.subtract(bytes, ordering: .relaxed) }
}
