import ByteStrings
import SystemSupport
public import SystemPackage

/// A folder in which git looks for hooks: a repository's, or a template's.
public struct HookFolder: Sendable {
  /// What a folder has for an event.
  public enum State: Equatable, Sendable {
    /// Nothing of ours.
    case absent
    /// Our hook, and whether it goes on to one that was there before.
    case installed(HookScript, chained: Bool)
    /// Our hook under this name, as pre-commit keeps the hooks that it finds; its own stands in our place.
    case movedAside(HookScript, name: String)
    /// Another tool has put its hook in the place of ours; the hook that was there before us is still beside it.
    case replaced
    /// Our hook with lines that are not ours.
    case edited
  }

  /// What an installation or its end came to, for people.
  public enum Change: Equatable, Sendable {
    /// Our hook was put there, calling the one before it or not.
    case installed(chained: Bool)
    /// Our hook was there, and has been brought up to date or needed nothing.
    case kept
    /// Our hook is gone, and the one before it is back or there was none.
    case removed(restored: Bool)
    /// There was nothing of ours.
    case nothing
    /// Another tool has replaced ours: its hook stays, and the one from before is beside it under this path.
    case leftBeside(FilePath)
  }

  /// The folder, usually `hooks` in a git directory.
  public let path: FilePath

  /// The folder at a path, which need not exist.
  public init(_ path: FilePath) { self.path = path }

  private func hook(_ event: HookEvent) -> FilePath { path.appending(event.rawValue) }
  private func previous(_ event: HookEvent) -> FilePath { path.appending(HookScript.previousName(event)) }
  /// Where other tools keep the hook that they find: pre-commit, and lefthook.
  private func asideNames(_ event: HookEvent) -> [String] {
    ["\(event.rawValue).legacy", "\(event.rawValue).old"]
  }

  /// What is there for an event.
  public func state(_ event: HookEvent) -> State {
    if let bytes = try? Files.read(hook(event), limit: 1 << 20), HookScript.isOurs(bytes) {
      guard let script = HookScript(bytes: bytes) else { return .edited }
      return .installed(script, chained: exists(previous(event)))
    }
    for name in asideNames(event) {
      if let bytes = try? Files.read(path.appending(name), limit: 1 << 20),
        let script = HookScript(bytes: bytes)
      {
        return name.ends(with: ".legacy") ? .movedAside(script, name: name) : .replaced
      }
    }
    return exists(previous(event)) ? .replaced : .absent
  }

  /// Puts our hook there; one that is there goes on being called.
  ///
  /// - Parameter register: the executable that does the registering.
  public func install(_ event: HookEvent, register: FilePath) throws -> Change {
    switch state(event) {
    case .edited: throw edited(event)
    case .installed(var script, _):
      script.register = register
      try write(script, to: hook(event))
      return .kept
    case .movedAside(var script, let name):
      script.register = register
      try write(script, to: path.appending(name))
      return .kept
    case .replaced: try clearPrevious(event)
    case .absent: break
    }
    let ownsFolder = Files.kind(of: path) == nil
    if ownsFolder { try Files.makeDirectory(path) }
    let found = exists(hook(event))
    let before = found ? (try? Files.read(hook(event), limit: 1 << 20)) ?? [] : []
    let script = HookScript(
      register: register, event: event, sourcesPrevious: HookScript.asksForItsName(before),
      linksPrevious: HookScript.asksForItsNameElsewhere(before), ownsFolder: ownsFolder)
    // Under another name first, so that there is no moment with half a hook.
    let new = path.appending(".\(event.rawValue).dev-infra-new")
    try write(script, to: new)
    do throws(SystemError) {
      if found { try rename(hook(event), previous(event)) }
      try rename(new, hook(event))
    } catch {
      Files.remove(new)
      if found, !exists(hook(event)) { try? rename(previous(event), hook(event)) }
      throw error
    }
    return .installed(chained: found)
  }

  /// Takes our hook away; what was there before it is back as it was.
  public func uninstall(_ event: HookEvent) throws -> Change {
    switch state(event) {
    case .absent: return .nothing
    case .edited: throw edited(event)
    case .installed(let script, let chained):
      try withdraw(hook(event), event)
      if script.ownsFolder { try giveUpFolder() }
      return .removed(restored: chained)
    case .movedAside(_, let name):
      let chained = exists(previous(event))
      try withdraw(path.appending(name), event)
      return .removed(restored: chained)
    case .replaced:
      for name in asideNames(event) {
        let aside = path.appending(name)
        if let bytes = try? Files.read(aside, limit: 1 << 20), HookScript.isOurs(bytes) {
          Files.remove(aside)
        }
      }
      guard exists(previous(event)) else { return .removed(restored: false) }
      if isSame(previous(event), hook(event)) {
        Files.remove(previous(event))
        return .removed(restored: true)
      }
      // The other tool's is gone as well: then nobody else's stands in the way.
      guard exists(hook(event)) else {
        try rename(previous(event), hook(event))
        return .removed(restored: true)
      }
      return .leftBeside(previous(event))
    }
  }

  private func withdraw(_ ours: FilePath, _ event: HookEvent) throws(SystemError) {
    // A directory, which git would try to run, takes no file's place.
    if Files.kind(of: previous(event), followingLinks: false) == .directory { Files.remove(ours) }
    if exists(previous(event)) { try rename(previous(event), ours) } else { Files.remove(ours) }
  }

  /// Makes room for the hook that another tool has put in our place: the one from before is gone when it is the same,
  /// and else kept under a number.
  private func clearPrevious(_ event: HookEvent) throws {
    guard exists(previous(event)) else { return }
    if isSame(previous(event), hook(event)) {
      Files.remove(previous(event))
      return
    }
    guard exists(hook(event)) else { return try rename(previous(event), hook(event)) }
    let names = (1...99).map { path.appending("\(HookScript.previousName(event)).\($0)") }
    guard let free = names.first(where: { !exists($0) }) else {
      throw HookSetupError.tooManyFormerHooks(previous(event))
    }
    try rename(previous(event), free)
  }

  private func write(_ script: HookScript, to file: FilePath) throws(SystemError) {
    if let bytes = try? Files.read(file), bytes == script.bytes { return }
    try Files.replace(file, with: script.bytes)
    try Files.setMode(of: file, to: 0o755)
  }

  /// Removes the folder that was made with a hook of ours; where it holds another of ours, it goes with that one.
  private func giveUpFolder() throws(SystemError) {
    for event in HookEvent.allCases {
      if case .installed(var script, _) = state(event) {
        script.ownsFolder = true
        return try write(script, to: hook(event))
      }
    }
    // One that holds anything else stays: rmdir(2) sees to that.
    Files.removeEmptyDirectory(path)
  }

  /// Whether something has that name, also a symbolic link that leads nowhere.
  private func exists(_ file: FilePath) -> Bool { Files.kind(of: file, followingLinks: false) != nil }

  private func isSame(_ one: FilePath, _ other: FilePath) -> Bool {
    guard let first = try? Files.read(one), let second = try? Files.read(other) else { return false }
    return first == second
  }

  private func rename(_ from: FilePath, _ to: FilePath) throws(SystemError) {
    guard Files.rename(from, to: to) else { throw SystemError("renaming", from.visible) }
  }

  private func edited(_ event: HookEvent) -> HookSetupError {
    .edited(hook(event), previousName: HookScript.previousName(event))
  }
}
