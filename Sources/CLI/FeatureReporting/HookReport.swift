import ByteStrings
public import HookSetup
import SystemPackage
import SystemSupport

extension HookFinding {
  /// The finding as a line, safe for a terminal.
  public var sentence: String {
    switch self {
    case .changed(let hook, let change): change.sentence(hook.visible)
    case .found(let hook, let state, let previous, let register):
      "\(hook.visible): \(state.words(chainedTo: previous, register: register))"
    case .configurationSet(let file, let isNew):
      "\(isNew ? "installed" : "kept") hook.dev-infra in \(file.visible)"
    case .configurationRemoved(let file): "removed hook.dev-infra from \(file.visible)"
    case .configured(let file, let events, let isSwitchedOff, let isRun):
      "\(file.visible): hook.dev-infra on \(events.map(\.rawValue).joined(separator: ", "))"
        + (isSwitchedOff ? ", switched off by hook.dev-infra.enabled" : "")
        + (isRun ? "" : ", which this version of git does not run")
    case .templateSet(let file, let template):
      "set init.templateDir in \(file.visible) to \(template.visible)"
    case .userTemplate(let template): "adding to your own init.templateDir, \(template.visible)"
    case .templateUnset(let file): "unset init.templateDir in \(file.visible)"
    case .userLine(let file): "\(file.visible): has a line that calls dev-infra-hook-register"
    case .none(let place): "\(place?.visible ?? "every repository"): no hook of dev-infra"
    }
  }
}

extension HookFolder.Change {
  fileprivate func sentence(_ hook: String) -> String {
    switch self {
    case .installed(chained: false): "installed \(hook)"
    case .installed(chained: true): "installed \(hook), which goes on to the hook that was there"
    case .kept: "kept \(hook)"
    case .removed(restored: false): "removed \(hook)"
    case .removed(restored: true): "removed \(hook), and put back the hook that was there before"
    case .nothing: "no hook of dev-infra at \(hook)"
    case .leftBeside: "removed nothing from \(hook), which another tool has put there"
    }
  }
}

extension HookFolder.State {
  fileprivate func words(chainedTo previous: String, register: FilePath) -> String {
    switch self {
    case .absent: return "no hook of dev-infra"
    case .installed(let script, let chained):
      let words = chained ? "installed, goes on to \(previous)" : "installed"
      return script.register == register
        ? words : "\(words), and calls \(script.register.visible) of another installation"
    case .movedAside(_, let name): return "another tool's, which keeps ours as \(name) and goes on to it"
    case .replaced: return "another tool has put its hook in the place of ours"
    case .edited: return "ours, with lines that are not"
    }
  }
}

extension HookAdvice {
  /// What to do, a hint each, safe for a terminal.
  public var sentences: [String] {
    switch self {
    case .formerHook(let file):
      ["the hook from before is in \(file.visible): remove it, or put it back yourself"]
    case .replacedHook:
      ["'dev-infra hooks install' chains to it, 'dev-infra hooks uninstall' leaves it alone"]
    case .addLine(let line, let file, let place, let hooksPath):
      [
        "git looks for the hooks of \(place?.visible ?? "every repository") in \(hooksPath.visible), which is not ours: "
          + "add this line to \(file.visible), below '#!/bin/sh':",
        Quoting.visible(line),
      ]
    case .noFolder(let place):
      [
        "core.hooksPath is not a directory, so git runs no hooks in \(place?.visible ?? "any repository"): "
          + "unset it, or set it to a directory"
      ]
    case .removeLine(let file):
      ["\(file.visible) has a line with dev-infra-hook-register, which is yours to remove"]
    case .otherTemplate(nil):
      ["GIT_TEMPLATE_DIR is empty, so git takes no template for what it makes: unset it"]
    case .otherTemplate(let other?):
      [
        "GIT_TEMPLATE_DIR is set, so git makes repositories from \(other.visible) and not from init.templateDir: unset it, "
          + "or set init.templateDir to that directory and install once more"
      ]
    case .onlyNewRepositories:
      [
        "repositories made or cloned from now on have it; 'dev-infra hooks install --all' is for those you have"
      ]
    }
  }
}
