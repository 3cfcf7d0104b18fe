import Git
import SystemSupport
public import SystemPackage

/// The hooks of one repository.
public struct RepositoryHooks: HookPlace {
  /// The git directory with its configuration and hooks; the main one of a linked worktree.
  public let commonDirectory: FilePath
  private let hooksPath: FilePath?
  /// Whether ``hooksPath`` is in the work tree, where it is the project's.
  private let isShared: Bool
  private let setup: HookSetup

  /// The repository that `directory` is in.
  public init(_ directory: FilePath, _ setup: HookSetup) throws {
    self.setup = setup
    let git = try GitProgram(reading: directory)
    guard let output = try git.output(["rev-parse", "--path-format=absolute", "--git-common-dir"]),
      let resolved = FilePath(bytes: output.dropLast()).resolved
    else { throw HookSetupError.noRepository(directory) }
    commonDirectory = resolved
    // A relative one starts where hooks start: at the top of the work tree.
    let top =
      (try? git.output(["rev-parse", "--show-toplevel"]))?.map { FilePath(bytes: $0.dropLast()) } ?? resolved
    // The last one is ours, by which no hook runs meanwhile. Each ends with a zero byte.
    let values = try git.output(["config", "--null", "--type=path", "--get-all", "core.hooksPath"]) ?? []
    let path = values.split(separator: 0, omittingEmptySubsequences: false).dropLast(2).last.map {
      HookSetup.folder(named: Array($0)).absolute(against: top)
    }
    hooksPath = HookSetup.folder(named: path, elsewhereThan: commonDirectory)
    isShared = hooksPath.map { !$0.starts(with: resolved) && $0.starts(with: top) } ?? false
  }

  private var folder: HookFolder { HookFolder(commonDirectory.appending("hooks")) }

  private var configuration: ConfigurationHook {
    ConfigurationHook(
      file: ConfigurationFile(path: commonDirectory.appending("config"), memory: setup.memory))
  }

  /// Installs hooks for these events.
  public func install(_ events: [HookEvent]) throws -> HookReport {
    var report = HookReport()
    if setup.usesConfiguration {
      let done = try configuration.install(events, register: setup.register)
      report.add(.configurationSet(configuration.file.path, isNew: done))
      // The same by other means, from before git was this new.
      for event in HookEvent.allCases { report.add(try folder.uninstall(event), event, in: folder.path) }
      return report
    }
    if let hooksPath {
      for event in events where !HookSetup.hasLine(HookSetup.handFile(event, in: hooksPath)) {
        report.leave(setup.byHand(event, in: hooksPath, of: commonDirectory, isShared: isShared))
      }
      return report
    }
    for event in events {
      report.add(try folder.install(event, register: setup.register), event, in: folder.path)
    }
    return report
  }

  /// Takes all hooks of ours away, however they were installed.
  public func uninstall() throws -> HookReport {
    var report = HookReport()
    if try configuration.uninstall() { report.add(.configurationRemoved(configuration.file.path)) }
    for event in HookEvent.allCases { report.add(try folder.uninstall(event), event, in: folder.path) }
    if let hooksPath {
      for event in HookEvent.allCases where HookSetup.hasLine(HookSetup.handFile(event, in: hooksPath)) {
        report.leave(.removeLine(HookSetup.handFile(event, in: hooksPath)))
      }
    }
    return report
  }

  /// What is installed.
  public func status() throws -> HookReport {
    var report = HookReport()
    try report.add(configuration, ran: setup.usesConfiguration)
    for event in HookEvent.allCases {
      report.add(folder.state(event), event, in: folder.path, register: setup.register)
      guard let hooksPath else { continue }
      let file = HookSetup.handFile(event, in: hooksPath)
      if HookSetup.hasLine(file) { report.add(.userLine(file)) }
    }
    report.noteAbsence(at: commonDirectory)
    if let hooksPath, !setup.usesConfiguration,
      !HookEvent.allCases.contains(where: { HookSetup.hasLine(HookSetup.handFile($0, in: hooksPath)) })
    {
      report.leave(setup.byHand(.prePush, in: hooksPath, of: commonDirectory, isShared: isShared))
    }
    return report
  }
}
