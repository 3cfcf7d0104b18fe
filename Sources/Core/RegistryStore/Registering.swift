import Git
import SystemSupport
import ByteStrings
import RegistryIndex
public import SystemPackage

/// What registering several directories came to.
public struct RegisterResult: Sendable {
  /// Those that are in the registry now, in the order in which they were given.
  public var registrations: [Registration] = []
  /// Why the others are not.
  public var failures: [any Error] = []
  /// What was passed over, since it is not what it pretends to be or was removed from the registry.
  public var warnings: [RegistrationWarning] = []
}

/// How far the reading of directories has come.
public enum ReadingProgress: Sendable {
  /// So many have been read.
  case read(Int)
  /// All have been read, and so many are projects.
  case finished(Int)
}

extension RegistryStore {
  /// Puts directories into the registry by one commit; one that cannot be read stops none of the others.
  ///
  /// - Parameters:
  ///   - areFound: whether a search has found them: one that is another's work tree is passed over then.
  ///   - dryRun: only tell what would be done.
  ///   - restoring: whether what was removed comes back; see ``RegistrationPlanner``.
  ///   - edits: changes of each project that is registered, in the same commit.
  ///   - progress: told how many directories have been read, and at last how many are projects.
  public func register(
    _ directories: [FilePath], areFound: Bool = false, dryRun: Bool, restoring: Bool = true,
    edits: [FieldEdit] = [], progress: (ReadingProgress) -> Void = { _ in }
  ) throws -> RegisterResult {
    var result = RegisterResult()
    // Reading the directories takes longest, and does not depend on the registry: once is enough.
    var projects: [ProjectDirectory] = []
    let known = directories.count > 1 ? Set(try view().rows.flatMap(\.paths).map { ByteString($0) }) : []
    let registry = self.directory
    let isBatch = directories.count > 1
    let readings = Parallel.map(
      directories, silence: Examination.silence, progress: { progress(.read($0)) }
    ) { directory in
      Result<ProjectDirectory, any Error> {
        let project = try ProjectDirectory(
          directory, isNew: isBatch && !known.contains(ByteString(directory.text)))
        guard project.path != registry else {
          throw RegistryStoreError.isTheRegistry(project.path)
        }
        return project
      }
    }
    var passedOver: [RegistrationWarning] = []
    for (directory, reading) in zip(directories, readings) {
      switch reading ?? .failure(Examination.unanswered(directory)) {
      case .success(let project): projects.append(project)
      case .failure(let error as ProjectDirectory.ForeignWorkTree) where areFound:
        passedOver.append(.passedOver(error))
      case .failure(let error): result.failures.append(error)
      }
    }
    progress(.finished(projects.count))
    let (unreadable, warnings) = (result.failures, passedOver)
    result.warnings = warnings

    func plan(_ base: ObjectID) throws -> RegistryChange? {
      result = RegisterResult(failures: unreadable, warnings: warnings)
      var planner = try RegistrationPlanner(self, base: base, restoring: restoring)
      for project in projects {
        do {
          let registration = try planner.register(project, in: self)
          result.registrations.append(try planner.edit(registration, by: edits))
        } catch let error as ProjectDirectory.ForeignWorkTree where areFound {
          result.warnings.append(.passedOver(error))
        } catch let error as RemovedFromRegistry {
          result.warnings.append(.removed(error.path, project: error.name))
        } catch {
          result.failures.append(error)
        }
      }
      let entries = planner.entries
      guard !entries.isEmpty else { return nil }
      let changed = result.registrations.filter { $0.change != .unchanged }
      let lines = changed.map { "\($0.name.visible) (\($0.path.visible))" }
      return RegistryChange(entries, message: CommitMessage.text("Register", lines))
    }
    if dryRun {
      _ = try plan(main())
    } else {
      try update(plan)
    }
    return result
  }

  /// Keeps the directories that were searched in `dev-infra.roots`, where a refresh looks for what was moved.
  public func remember(roots: [FilePath]) throws {
    let lock = try lock()
    defer { _ = lock.isHeld }
    let configuration = try repository.configuration()
    var known = try configuration.strings("dev-infra.roots").map { FilePath(text: $0) }
    var new: [ConfigurationChange] = []
    for root in roots.compactMap(\.resolved) where !known.contains(where: { root.starts(with: $0) }) {
      known.append(root)
      new.append(.add("dev-infra.roots", root.text))
    }
    if !new.isEmpty {
      try StaleLocks.pass(in: directory, telling: delegate) { try configuration.change(new) }
    }
  }
}
