import Cloning
import Terminal

/// Shows a line for each clone that is under way.
struct CloningBoard: CloningProgress {
  private let board: ProgressBoard

  /// - Parameter quiet: nothing is shown.
  init(quiet: Bool) { board = ProgressBoard(quiet: quiet) }

  var isShown: Bool { board.isShown }

  func begin(_ total: Int) { board.total = total }

  func show(_ name: String, _ stage: CloningStage) {
    switch stage {
    case .starting: board.set(name, "starting")
    case .said(let line): board.set(name, line)
    case .waiting: board.set(name, "the connection was dropped, trying again")
    }
  }

  func remove(_ name: String) { board.remove(name) }
  func clear() { board.clear() }
}
