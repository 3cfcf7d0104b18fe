import SystemSupport
public import SystemPackage

/// What all installing of hooks goes by: where the executable is, and what git can do.
public struct HookSetup: Sendable {
  /// The executable that hooks run.
  public let register: FilePath
  /// The folder that has the template, and notes of what was put into git's configuration.
  public let memory: FilePath
  /// Whether hooks go into git's configuration, which stands beside a repository's own hooks.
  public let usesConfiguration: Bool

  /// - Parameters:
  ///   - register: the executable that hooks run.
  ///   - memory: a folder of ours in the user's home.
  ///   - version: git's; nil where it does not say, which is taken for an old one.
  public init(register: FilePath, memory: FilePath, version: GitVersion?) {
    self.register = register
    self.memory = memory
    usesConfiguration = version?.hasConfigurationHooks ?? false
  }

  /// The file for a line of the user's own, where `core.hooksPath` names this folder.
  ///
  /// husky 9 makes the files in `.husky/_` itself; those that are the project's stand above it.
  static func handFile(_ event: HookEvent, in hooksPath: FilePath) -> FilePath {
    let isHusky =
      hooksPath.lastComponent?.string == "_"
      && hooksPath.removingLastComponent().lastComponent?.string == ".husky"
    return (isHusky ? hooksPath.removingLastComponent() : hooksPath).appending(event.rawValue)
  }

  /// Whether a file has a line that calls the executable.
  static func hasLine(_ file: FilePath) -> Bool {
    guard let bytes = try? Files.read(file, limit: 1 << 20) else { return false }
    return HookScript.hasLine(bytes)
  }

  /// What is left to the user where `core.hooksPath` is set: it is never set or overridden here.
  ///
  /// - Parameters:
  ///   - place: the git directory; nil for every repository.
  ///   - isShared: whether the folder is a project's, which others have elsewhere.
  func byHand(_ event: HookEvent, in hooksPath: FilePath, of place: FilePath?, isShared: Bool) -> HookAdvice {
    if let kind = Files.kind(of: hooksPath), kind != .directory { return .noFolder(place: place) }
    return .addLine(
      isShared ? HookScript.sharedLine : HookScript.line(register), to: Self.handFile(event, in: hooksPath),
      place: place, hooksPath: hooksPath)
  }

  /// The folder with a repository's hooks that is not its own: what is written there is seen by others, or is theirs.
  ///
  /// - Parameter named: the one that `core.hooksPath` names. One that is the usual place changes nothing; but that may be a link to
  ///   another, as many made it before there was such a setting.
  static func folder(named: FilePath?, elsewhereThan commonDirectory: FilePath) -> FilePath? {
    let own = commonDirectory.appending("hooks")
    if let named, named.resolved ?? named != own.resolved ?? own { return named }
    guard let real = own.resolved, !real.starts(with: commonDirectory.resolved ?? commonDirectory) else {
      return nil
    }
    return real
  }

  /// The folder that a value of `core.hooksPath` names. An empty one is for no hooks, as `/dev/null` is.
  static func folder(named value: [UInt8]) -> FilePath {
    value.isEmpty ? "/dev/null" : FilePath(bytes: value)
  }
}
