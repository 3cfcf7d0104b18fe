import Dispatch
import SystemSupport
import Synchronization

/// Whose turn it is to have git run: so many at a time, and of these no client more than its share.
///
/// Who finds no place waits a while for one.
final class GitTurns: Sendable {
  private struct Waiter {
    let number: Int
    let client: String
    let answer: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var running: [String: Int] = [:]
    var total = 0
    var waiting: [Waiter] = []
    var last = 0
  }

  private let limit: Int
  private let patience: Double
  private let state = Mutex(State())

  /// The most that wait.
  private static let waitingLimit = 64

  /// - Parameters:
  ///   - limit: how many there are at a time.
  ///   - patience: how many seconds are waited for one.
  init(limit: Int, patience: Double) {
    self.limit = limit
    self.patience = patience
  }

  /// What one client may have at a time.
  private var share: Int { max(1, limit / 2) }

  /// Takes a turn, which ``end(_:)`` gives back.
  ///
  /// - Throws: where there is none within the time.
  func begin(_ client: String) async throws(EdgeRefusal) {
    let isGiven = await withCheckedContinuation { (answer: CheckedContinuation<Bool, Never>) in
      let given: Bool? = state.withLock { state in
        if admit(client, &state) { return true }
        guard limit > 0, state.waiting.count < Self.waitingLimit else { return false }
        state.last += 1
        state.waiting.append(Waiter(number: state.last, client: client, answer: answer))
        let number = state.last
        DispatchQueue.global().asyncAfter(deadline: .now() + patience) { self.giveUp(number) }
        return nil
      }
      if let given { answer.resume(returning: given) }
    }
    guard isGiven else { throw .tooManyGitRequests }
  }

  /// Gives a turn back; who has waited longest gets it.
  func end(_ client: String) {
    let next = state.withLock { state -> Waiter? in
      state.total -= 1
      state.running[client] = state.running[client].flatMap { $0 > 1 ? $0 - 1 : nil }
      guard let index = state.waiting.firstIndex(where: { mayRun($0.client, state) }) else { return nil }
      let waiter = state.waiting.remove(at: index)
      _ = admit(waiter.client, &state)
      return waiter
    }
    next?.answer.resume(returning: true)
  }

  private func giveUp(_ number: Int) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
      return state.waiting.remove(at: index)
    }
    waiter?.answer.resume(returning: false)
  }

  private func mayRun(_ client: String, _ state: borrowing State) -> Bool {
    state.total < limit && state.running[client, default: 0] < share
  }

  private func admit(_ client: String, _ state: inout State) -> Bool {
    guard mayRun(client, state) else { return false }
    state.total += 1
    state.running[client, default: 0] += 1
    return true
  }
}
