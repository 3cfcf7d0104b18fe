public import SystemPackage

/// What was done with the hooks of one place, or how they are.
public struct HookReport: Equatable, Sendable {
  /// What there is to know, in order.
  public private(set) var findings: [HookFinding] = []
  /// What is left to the user, in order.
  public private(set) var advice: [HookAdvice] = []
  /// Whether the place is as it was asked to be.
  public private(set) var isComplete = true

  mutating func add(_ finding: HookFinding) { findings.append(finding) }

  /// Leaves something to the user; the place is then not as it was asked to be.
  mutating func leave(_ open: HookAdvice) {
    advice.append(open)
    isComplete = false
  }

  /// Adds what does no harm not to follow.
  mutating func add(_ remark: HookAdvice) { advice.append(remark) }

  mutating func add(_ change: HookFolder.Change, _ event: HookEvent, in folder: FilePath) {
    let hook = folder.appending(event.rawValue)
    if change != .nothing { findings.append(.changed(hook, change)) }
    if case .leftBeside(let former) = change { advice.append(.formerHook(former)) }
  }

  mutating func add(_ state: HookFolder.State, _ event: HookEvent, in folder: FilePath, register: FilePath) {
    let finding = HookFinding.found(
      folder.appending(event.rawValue), state, chainedTo: HookScript.previousName(event), register: register)
    switch state {
    case .absent: return
    case .installed(let script, _): if script.register != register { isComplete = false }
    case .movedAside: break
    case .replaced: leave(.replacedHook)
    case .edited: isComplete = false
    }
    findings.append(finding)
  }

  /// Adds how a hook in git's configuration is, and whether this git runs it.
  mutating func add(_ hook: ConfigurationHook, ran: Bool) throws {
    let events = try hook.events()
    guard !events.isEmpty else { return }
    let isOff = try hook.isSwitchedOff
    findings.append(.configured(hook.file.path, events, isSwitchedOff: isOff, isRun: ran))
    if isOff || !ran { isComplete = false }
  }

  /// Says so where nothing of ours was found.
  mutating func noteAbsence(at place: FilePath?) {
    guard findings.isEmpty else { return }
    findings.append(.none(at: place))
    isComplete = false
  }
}

/// One thing that was done with hooks, or that is so.
public enum HookFinding: Equatable, Sendable {
  /// What was done with a hook's file.
  case changed(FilePath, HookFolder.Change)
  /// How a hook's file is. It may go on to the hook that was there before, of this name, and may call the executable of another
  /// installation than `register`.
  case found(FilePath, HookFolder.State, chainedTo: String, register: FilePath)
  /// Our hook was put into this configuration file, or was in it already.
  case configurationSet(FilePath, isNew: Bool)
  /// Our hook was taken out of this configuration file.
  case configurationRemoved(FilePath)
  /// This configuration file has our hook; whether somebody switched it off, and whether this version of git runs such.
  case configured(FilePath, [HookEvent], isSwitchedOff: Bool, isRun: Bool)
  /// `init.templateDir` in this configuration file was set to this directory.
  case templateSet(FilePath, to: FilePath)
  /// The hooks go into the template that the user has.
  case userTemplate(FilePath)
  /// `init.templateDir` was taken out of this configuration file.
  case templateUnset(FilePath)
  /// A file of the user's has a line that calls our executable.
  case userLine(FilePath)
  /// There is no hook of ours in this git directory, or, where it is nil, for every repository.
  case none(at: FilePath?)
}

/// What is left to the user.
public enum HookAdvice: Equatable, Sendable {
  /// The hook from before another tool's is in this file.
  case formerHook(FilePath)
  /// Another tool has put its hook in the place of ours.
  case replacedHook
  /// `core.hooksPath` leads git away, and is not changed here: a line is to be added to a file.
  ///
  /// - place: the git directory; nil where it is so for every repository.
  /// - line: the line, as it is to stand there.
  case addLine(String, to: FilePath, place: FilePath?, hooksPath: FilePath)
  /// What `core.hooksPath` names is not a folder, by which git runs no hooks.
  ///
  /// - place: the git directory; nil where it is so for every repository.
  case noFolder(place: FilePath?)
  /// A file of the user's has a line that calls our executable, and stays as it is.
  case removeLine(FilePath)
  /// `GIT_TEMPLATE_DIR` is set, so that git makes repositories from this directory, or, where it is nil, from no template.
  case otherTemplate(FilePath?)
  /// What was installed counts for repositories that are made from now on.
  case onlyNewRepositories
}
