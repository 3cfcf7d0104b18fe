import Git
import SystemSupport
public import SystemPackage

/// Hooks for all repositories of the user: by git's configuration, or, where git is too old for that, by the template
/// that git makes new repositories and clones from.
public struct UserHooks: HookPlace {
  private let setup: HookSetup
  private let configuration: ConfigurationFile

  /// - Parameter file: the user's git configuration.
  public init(_ setup: HookSetup, file: FilePath) {
    self.setup = setup
    configuration = ConfigurationFile(path: file, memory: setup.memory)
  }

  /// The file that `git config --global` writes.
  public static func configurationFile(home: FilePath) -> FilePath {
    if let file = Environment["GIT_CONFIG_GLOBAL"], !file.isEmpty { return FilePath(text: file) }
    let usual = home.appending(".gitconfig")
    let folder = Environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : FilePath(text: $0) }
    let other = (folder ?? home.appending(".config")).pushing("git/config")
    return Files.kind(of: usual) == nil && Files.kind(of: other) == .file ? other : usual
  }

  private var hook: ConfigurationHook { ConfigurationHook(file: configuration) }
  private var ownTemplate: FilePath { setup.memory.appending("template") }

  /// Installs hooks for these events.
  public func install(_ events: [HookEvent]) throws -> HookReport {
    var report = HookReport()
    if setup.usesConfiguration {
      let done = try hook.install(events, register: setup.register)
      report.add(.configurationSet(configuration.path, isNew: done))
      try removeTemplateHooks(&report)
      return report
    }
    if let hooksPath = try hooksPath() {
      for event in events {
        report.leave(setup.byHand(event, in: hooksPath, of: nil, isShared: !hooksPath.isAbsolute))
      }
      return report
    }
    let template = try path("init.templateDir")
    if template == nil {
      try makeTemplate()
      try configuration.change([["init.templateDir", ownTemplate.text]])
      report.add(.templateSet(configuration.path, to: ownTemplate))
    } else if let template, template != ownTemplate {
      guard Files.kind(of: template) == .directory else {
        throw HookSetupError.templateIsNotADirectory(template)
      }
      report.add(.userTemplate(template))
    }
    let folder = HookFolder((template ?? ownTemplate).appending("hooks"))
    for event in events {
      report.add(try folder.install(event, register: setup.register), event, in: folder.path)
    }
    noteOtherTemplate(for: events, &report)
    if report.isComplete { report.add(.onlyNewRepositories) }
    return report
  }

  /// What git takes in place of `init.templateDir`, as git-init(1), "TEMPLATE DIRECTORY", says: the directory that
  /// `GIT_TEMPLATE_DIR` names, or, where that is empty, none. It may be so in this shell alone, so nothing is written there.
  private func noteOtherTemplate(for events: [HookEvent], _ report: inout HookReport) {
    guard let named = Environment["GIT_TEMPLATE_DIR"] else { return }
    guard !named.isEmpty else { return report.leave(.otherTemplate(nil)) }
    let other = FilePath(text: named)
    let folder = HookFolder(other.appending("hooks"))
    let isMissing = events.contains { event in
      if case .absent = folder.state(event) {
        !HookSetup.hasLine(folder.path.appending(event.rawValue))
      } else {
        false
      }
    }
    if isMissing { report.leave(.otherTemplate(other)) }
  }

  /// Takes all hooks of ours away, however they were installed. Repositories that were made meanwhile keep theirs.
  public func uninstall() throws -> HookReport {
    var report = HookReport()
    if try hook.uninstall() { report.add(.configurationRemoved(configuration.path)) }
    try removeTemplateHooks(&report)
    return report
  }

  private func removeTemplateHooks(_ report: inout HookReport) throws {
    if let template = try path("init.templateDir"), template != ownTemplate {
      let folder = HookFolder(template.appending("hooks"))
      for event in HookEvent.allCases { report.add(try folder.uninstall(event), event, in: folder.path) }
    }
    if try configuration.values("init.templateDir") == [ownTemplate.text] {
      try configuration.undo(["--unset-all", "init.templateDir"])
      report.add(.templateUnset(configuration.path))
    }
    if Files.kind(of: ownTemplate) != nil { try Files.removeTree(ownTemplate) }
  }

  /// What is installed.
  public func status() throws -> HookReport {
    var report = HookReport()
    try report.add(hook, ran: setup.usesConfiguration)
    if let template = try path("init.templateDir") {
      let folder = HookFolder(template.appending("hooks"))
      for event in HookEvent.allCases {
        report.add(folder.state(event), event, in: folder.path, register: setup.register)
      }
    }
    report.noteAbsence(at: nil)
    guard !setup.usesConfiguration else { return report }
    if let hooksPath = try hooksPath() {
      report.leave(setup.byHand(.prePush, in: hooksPath, of: nil, isShared: !hooksPath.isAbsolute))
    } else if report.isComplete, let template = try path("init.templateDir") {
      let folder = HookFolder(template.appending("hooks"))
      let events = HookEvent.allCases.filter { folder.state($0) != .absent }
      noteOtherTemplate(for: events, &report)
    }
    return report
  }

  /// The folder that git is told to look for hooks in, outside any repository.
  private func hooksPath() throws -> FilePath? {
    try path("core.hooksPath").map { HookSetup.folder(named: $0.bytes) }
  }

  /// A path that git is told outside any repository.
  private func path(_ key: String) throws -> FilePath? {
    // Reading the files ourselves would miss what the system's file says.
    let output = try GitProgram(outsideRepositories: .person).output([
      "config", "--null", "--type=path", "--get", key,
    ])
    return output.map { FilePath(bytes: $0.dropLast()) }
  }

  /// Makes our template from the one that git takes where none is named, which ours stands in for: whatever `git init`
  /// puts into a repository beside what makes it one.
  private func makeTemplate() throws {
    if Files.kind(of: ownTemplate) != nil { try Files.removeTree(ownTemplate) }
    try Files.makeDirectory(setup.memory, mode: 0o700)
    var git = GitProgram(.person, at: setup.memory)
    git.environment = ["GIT_TEMPLATE_DIR": nil]
    _ = try git.output(["init", "--quiet", "--bare", "--", ownTemplate.text])
    for name in ["HEAD", "config", "objects", "refs"] { try Files.removeTree(ownTemplate.appending(name)) }
  }
}
