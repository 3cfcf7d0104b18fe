import Git
import SystemSupport
import ByteStrings
public import Registry
import RegistryIndex
public import SystemPackage

/// What a list of another tool's says of a project.
public struct ListedProject: Sendable {
  /// What people call it.
  public var name: String
  /// Where it is cloned from; nil where the list does not say.
  public var url: RemoteURL?
  /// Where it is, or was, or is to be: absolute.
  public var paths: [FilePath]
  /// Where in its repository it is; nil for the whole of it.
  public var subdirectory: FilePath?
  /// Values of fields that may be set, and of `default_branch` and `created`, by their keys.
  public var fields: [(key: FieldKey, value: String)]
  /// Words to find it by.
  public var tags: [String]

  /// A project of these parts.
  public init(
    name: String, url: RemoteURL?, paths: [FilePath], subdirectory: FilePath? = nil,
    fields: [(key: FieldKey, value: String)] = [], tags: [String] = []
  ) {
    self.name = name
    self.url = url
    self.paths = paths
    self.subdirectory = subdirectory
    self.fields = fields
    self.tags = tags
  }
}

/// Why a project of a list did not get into the registry.
public enum ListedProjectError: Error, Sendable {
  /// It is nowhere where the list says, and the list has no URL for it.
  case gone(name: String, path: FilePath)
  /// A removed project, which does not come back by a list.
  case removed(name: String)
}

/// What became of a project of a list.
public struct ImportedProject: Sendable {
  /// What happened to its entry.
  public enum Change: Sendable {
    /// It is new.
    case new
    /// It was known, and the entry, or where it is here, has changed.
    case changed
    /// It was known, and nothing has changed.
    case known
  }

  /// Its name.
  public let name: String
  /// Where it is on this machine; nil where it is not.
  public let path: FilePath?
  /// Where it is cloned from; nil for a local one.
  public let url: String?
  /// What happened.
  public let change: Change
}

/// What importing a list came to.
public struct ImportResult: Sendable {
  /// Those that are in the registry now, each once, in the order of the list.
  public var projects: [ImportedProject] = []
  /// Why others are not.
  public var failures: [any Error] = []
  /// What is odd about them.
  public var warnings: [RegistrationWarning] = []
  /// Values that could not be stored, and whose.
  public var leftOut: [(name: String, InvalidValue)] = []
  /// How many directories of the list are in no project.
  public var passedOver = 0
}

/// That nothing is at a path.
private struct NotHere: Error {}

extension RegistryStore {
  /// Takes a list into the registry by one commit. What is here is registered, and what is not here becomes a project that can
  /// be cloned.
  ///
  /// - Parameters:
  ///   - title: what the list is called in the commit's message.
  ///   - overwriting: whether its values go before those that projects have.
  ///   - areDirectories: whether it is of any directories: those that are in no project are passed over then.
  ///   - dryRun: only tell what would be done.
  ///   - progress: told how many directories have been read, and at last how many are projects.
  public func importList(
    _ listed: [ListedProject], title: String, overwriting: Bool = false, areDirectories: Bool = false,
    dryRun: Bool = false, progress: (ReadingProgress) -> Void = { _ in }
  ) throws -> ImportResult {
    let readings = try read(listed, progress)
    var result = ImportResult()
    func plan(_ base: ObjectID) throws -> RegistryChange? {
      result = ImportResult()
      var planner = try RegistrationPlanner(self, base: base, restoring: false)
      var seen: [ProjectID: Int] = [:]
      for (project, reading) in zip(listed, readings) {
        do {
          try take(
            project, reading, &planner, &result, &seen, overwriting: overwriting,
            areDirectories: areDirectories)
        } catch let error as RemovedFromRegistry {
          result.failures.append(ListedProjectError.removed(name: error.name))
        } catch {
          result.failures.append(error)
        }
      }
      let entries = planner.entries
      guard !entries.isEmpty else { return nil }
      let changed = result.projects.filter { $0.change != .known }
      let lines = changed.map { "\($0.name.visible) (\($0.path?.visible ?? $0.url?.visible ?? ""))" }
      return RegistryChange(entries, message: CommitMessage.text("Import \(title)", lines))
    }
    if dryRun { _ = try plan(main()) } else { try update(plan) }
    return result
  }

  /// Reads the directories that the list names and that are here.
  private func read(
    _ listed: [ListedProject], _ progress: (ReadingProgress) -> Void
  ) throws -> [[Result<ProjectDirectory, any Error>]] {
    let known = Set(try view().rows.flatMap(\.paths).map { ByteString($0) })
    let registry = self.directory
    var places: [(project: Int, path: FilePath)] = []
    for (index, project) in listed.enumerated() { places += project.paths.map { (index, $0) } }
    let paths = places.map(\.path)
    let read = Parallel.map(paths, silence: Examination.silence, progress: { progress(.read($0)) }) { path in
      Result<ProjectDirectory, any Error> {
        // Looked at here: one on a server that is gone would be waited for.
        guard Files.kind(of: path) == .directory else { throw NotHere() }
        let project = try ProjectDirectory(path, isNew: !known.contains(ByteString(path.text)))
        guard project.path != registry else { throw RegistryStoreError.isTheRegistry(project.path) }
        return project
      }
    }
    var readings: [[Result<ProjectDirectory, any Error>]] = Array(repeating: [], count: listed.count)
    var count = 0
    for (place, reading) in zip(places, read) {
      let reading = reading ?? .failure(Examination.unanswered(place.path))
      if case .failure(is NotHere) = reading { continue }
      if case .success(let directory) = reading {
        // A list with URLs names repositories: a folder inside another one, where a clone is to be made, is not one yet.
        if listed[place.project].url != nil, directory.path != place.path.resolved { continue }
        count += 1
      }
      readings[place.project].append(reading)
    }
    progress(.finished(count))
    return readings
  }

  private func take(
    _ listed: ListedProject, _ readings: [Result<ProjectDirectory, any Error>],
    _ planner: inout RegistrationPlanner, _ result: inout ImportResult, _ seen: inout [ProjectID: Int],
    overwriting: Bool, areDirectories: Bool
  ) throws {
    var failures: [any Error] = []
    var isTaken = false
    for reading in readings {
      let directory: ProjectDirectory
      switch reading {
      case .success(let read): directory = read
      case .failure(RegistryStoreError.notAProject) where areDirectories: continue
      case .failure(let error):
        failures.append(error)
        continue
      }
      let registration: Registration
      do {
        registration = try planner.register(directory, in: self)
      } catch let error as ProjectDirectory.ForeignWorkTree {
        result.warnings.append(.passedOver(error))
        isTaken = true
        continue
      }
      isTaken = true
      result.warnings += registration.warnings
      // What a directory in a project is called is not the project's name.
      var own = listed
      if directory.path != listed.paths.first(where: { $0.resolved == directory.path })?.resolved {
        own.fields.removeAll { $0.key == .name }
      }
      let filled = try planner.fill(
        registration.id, from: own, declared: directory.metadata, isNew: registration.change == .registered,
        overwriting: overwriting, in: self)
      let name = planner.name(of: registration.id) ?? registration.name
      note(
        registration.id, name, filled, at: directory.path, registration.change == .registered,
        registration.change == .updated, listed, &result, &seen)
    }
    if isTaken { return }
    if let url = listed.url {
      let added = try planner.add(url, subdirectory: listed.subdirectory, name: listed.name, in: self)
      let filled = try planner.fill(
        added.id, from: listed, declared: nil, isNew: added.isNew, overwriting: overwriting, in: self)
      let name = planner.name(of: added.id) ?? listed.name
      note(added.id, name, filled, at: nil, added.isNew, false, listed, &result, &seen)
    } else if areDirectories {
      result.passedOver += 1
    } else {
      throw failures.first
        ?? ListedProjectError.gone(name: listed.name, path: listed.paths.first ?? FilePath())
    }
  }

  /// Notes what became of a project; one that the list names more than once is reported once.
  private func note(
    _ id: ProjectID, _ name: String, _ filled: (changed: Bool, leftOut: [InvalidValue]), at path: FilePath?,
    _ isNew: Bool, _ isUpdated: Bool, _ listed: ListedProject, _ result: inout ImportResult,
    _ seen: inout [ProjectID: Int]
  ) {
    result.leftOut += filled.leftOut.map { (name, $0) }
    let change: ImportedProject.Change = isNew ? .new : filled.changed || isUpdated ? .changed : .known
    if let index = seen[id] {
      let former = result.projects[index]
      guard former.change == .known else { return }
      result.projects[index] = ImportedProject(
        name: name, path: former.path ?? path, url: former.url, change: change)
      return
    }
    seen[id] = result.projects.count
    result.projects.append(ImportedProject(name: name, path: path, url: listed.url?.stored, change: change))
  }
}
