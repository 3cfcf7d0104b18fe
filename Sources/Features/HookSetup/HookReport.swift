import SystemSupport
import SystemPackage

/// What the hooks command tells of one place.
public struct HookReport: Equatable, Sendable {
  /// Lines for people, in order.
  public var lines: [String] = []
  /// What the user is to do by hand, a sentence each; then nothing was installed there.
  public var hints: [String] = []
  /// Whether the place is as it was asked to be.
  public var isComplete = true

  mutating func add(_ change: HookFolder.Change, _ event: HookEvent, in folder: FilePath) {
    let hook = folder.appending(event.rawValue).visible
    switch change {
    case .installed(chained: false): lines.append("installed \(hook)")
    case .installed(chained: true):
      lines.append("installed \(hook), which goes on to the hook that was there")
    case .kept: lines.append("kept \(hook)")
    case .removed(restored: false): lines.append("removed \(hook)")
    case .removed(restored: true):
      lines.append("removed \(hook), and put back the hook that was there before")
    case .nothing: break
    case .leftBeside(let path):
      lines.append("removed nothing from \(hook), which another tool has put there")
      hints.append("the hook from before is in \(path.visible): remove it, or put it back yourself")
    }
  }

  mutating func add(_ state: HookFolder.State, _ event: HookEvent, in folder: FilePath, register: FilePath) {
    let hook = folder.appending(event.rawValue).visible
    switch state {
    case .absent: return
    case .installed(let script, let chained):
      let tail = chained ? ", goes on to \(HookScript.previousName(event))" : ""
      if script.register == register {
        lines.append("\(hook): installed\(tail)")
        return
      }
      lines.append("\(hook): installed\(tail), and calls \(script.register.visible) of another installation")
    case .movedAside(_, let name):
      lines.append("\(hook): another tool's, which keeps ours as \(name) and goes on to it")
      return
    case .replaced:
      lines.append("\(hook): another tool has put its hook in the place of ours")
      hints.append("'dev-infra hooks install' chains to it, 'dev-infra hooks uninstall' leaves it alone")
    case .edited: lines.append("\(hook): ours, with lines that are not")
    }
    isComplete = false
  }
}
