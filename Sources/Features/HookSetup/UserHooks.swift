import Git
import SystemSupport
import ByteStrings
public import SystemPackage

/// Hooks for all repositories of the user: by git's configuration, or, where git is too old for that, by the template
/// that git makes new repositories and clones from.
public struct UserHooks {
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
      report.lines.append("\(done ? "installed" : "kept") hook.dev-infra in \(configuration.path.visible)")
      try removeTemplateHooks(&report)
      return report
    }
    if let hooksPath = try path("core.hooksPath") {
      report.isComplete = false
      for event in events {
        report.hints += setup.handHints(
          event, in: hooksPath, of: "every repository", isShared: !hooksPath.isAbsolute)
      }
      return report
    }
    let template = try path("init.templateDir")
    if template == nil {
      try makeTemplate()
      try configuration.change([["init.templateDir", ownTemplate.text]])
      report.lines.append("set init.templateDir in \(configuration.path.visible) to \(ownTemplate.visible)")
    } else if let template, template != ownTemplate {
      guard Files.kind(of: template) == .directory else {
        throw HookSetupError.templateIsNotADirectory(template)
      }
      report.lines.append("adding to your own init.templateDir, \(template.visible)")
    }
    let folder = HookFolder((template ?? ownTemplate).appending("hooks"))
    for event in events {
      report.add(try folder.install(event, register: setup.register), event, in: folder.path)
    }
    report.hints.append(
      "repositories made or cloned from now on have it; 'dev-infra hooks install --all' is for those you have"
    )
    return report
  }

  /// Takes all hooks of ours away, however they were installed. Repositories that were made meanwhile keep theirs.
  public func uninstall() throws -> HookReport {
    var report = HookReport()
    if try hook.uninstall() {
      report.lines.append("removed hook.dev-infra from \(configuration.path.visible)")
    }
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
      report.lines.append("unset init.templateDir in \(configuration.path.visible)")
    }
    if Files.kind(of: ownTemplate) != nil { try Files.removeTree(ownTemplate) }
  }

  /// What is installed.
  public func status() throws -> HookReport {
    var report = HookReport()
    let events = try hook.events()
    if !events.isEmpty {
      let list = events.map(\.rawValue).joined(separator: ", ")
      report.lines.append("\(configuration.path.visible): hook.dev-infra on \(list)\(try hook.remark)")
      if try !hook.remark.isEmpty { report.isComplete = false }
      if !setup.usesConfiguration {
        report.lines[0] += ", which this version of git does not run"
        report.isComplete = false
      }
    }
    if let template = try path("init.templateDir") {
      let folder = HookFolder(template.appending("hooks"))
      for event in HookEvent.allCases {
        report.add(folder.state(event), event, in: folder.path, register: setup.register)
      }
    }
    if report.lines.isEmpty {
      report.lines.append("every repository: no hook of dev-infra")
      report.isComplete = false
    }
    if !setup.usesConfiguration, let hooksPath = try path("core.hooksPath") {
      report.isComplete = false
      report.hints += setup.handHints(
        .prePush, in: hooksPath, of: "every repository", isShared: !hooksPath.isAbsolute)
    }
    return report
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
