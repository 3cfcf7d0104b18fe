import Git
import SystemSupport
import Registry
public import RegistryIndex
public import SystemPackage

/// What a refresh found of one checkout.
public enum RefreshFinding: Sendable {
  /// The entry was brought up to date.
  case updated(name: String, path: FilePath)
  /// The directory was found elsewhere.
  case moved(name: String, from: FilePath, to: FilePath)
  /// The directory is gone, and was found nowhere; whether it has been dropped from this machine.
  case missing(name: String, path: FilePath, dropped: Bool)
  /// It could not be read, for this reason; the entry stays as it is.
  case failed(name: String, path: FilePath, reason: any Error)
}

extension RegistryStore {
  /// Reads the checkouts of this machine again and brings the registry up to date with them, by one commit.
  ///
  /// - Parameters:
  ///   - rows: the projects to read; those that are not on this machine are passed over.
  ///   - prune: whether directories that are gone and were not found elsewhere are dropped.
  /// - Returns: what is worth telling, and warnings.
  public func refresh(_ rows: [ViewRow], prune: Bool) throws -> (
    findings: [RefreshFinding], warnings: [RegistrationWarning]
  ) {
    let here = rows.filter { !$0.isEmpty(.paths) }
    if here.isEmpty { return ([], []) }
    var findings: [RefreshFinding] = []
    var warnings: [RegistrationWarning] = []
    try update { base in
      findings = []
      warnings = []
      var registrar = try RegistrationPlanner(self, base: base)
      var missing: [(id: ProjectID, name: String, path: FilePath)] = []
      for row in here {
        guard let id = ProjectID(row.id) else { continue }
        for path in row.paths.map({ FilePath(text: $0) }) {
          if Files.kind(of: path) == nil {
            missing.append((id, row.name, path))
            continue
          }
          do {
            let result = try registrar.register(ProjectDirectory(path), as: nil, in: self)
            warnings += result.warnings
            if result.change != .unchanged { findings.append(.updated(name: result.name, path: path)) }
          } catch {
            findings.append(.failed(name: row.name, path: path, reason: error))
          }
        }
      }
      findings += try relocate(missing, &registrar, prune: prune)
      let entries = registrar.entries
      return entries.isEmpty ? nil : RegistryChange(entries, message: Self.message("Refresh", findings))
    }
    return (findings, warnings)
  }

  /// Looks for directories that are gone: below `dev-infra.roots`, and near where they were.
  private func relocate(
    _ missing: [(id: ProjectID, name: String, path: FilePath)], _ registrar: inout RegistrationPlanner,
    prune: Bool
  ) throws -> [RefreshFinding] {
    guard !missing.isEmpty else { return [] }
    var places: [ProjectID: [FilePath: ProjectDirectory]] = [:]
    let wanted = Set(missing.map(\.id))
    let roots = try repository.configuration().strings("dev-infra.roots").map { FilePath(text: $0) }
    let near = Set(missing.map { $0.path.removingLastComponent() })
    for (root, depth) in roots.map({ ($0, Int?.none) }) + near.map({ ($0, 3) }) {
      var finder = RepositoryFinder()
      finder.maximumDepth = depth
      var candidates: [FilePath] = []
      guard Files.kind(of: root) == .directory else { continue }
      try finder.search(root) {
        candidates.append($0.path)
      } warning: { _ in
      }
      for candidate in candidates {
        guard !registrar.knows(candidate), let directory = try? ProjectDirectory(candidate),
          let id = try registrar.find(directory), wanted.contains(id)
        else { continue }
        places[id, default: [:]][directory.path] = directory
      }
    }
    return try missing.map { id, name, path in
      // Between two that it could be, nothing is guessed.
      if let found = places[id], found.count == 1, let directory = found.values.first {
        _ = try registrar.register(directory, as: id, in: self)
        return .moved(name: name, from: path, to: directory.path)
      }
      if prune { try registrar.drop(path, of: id, in: self) }
      return .missing(name: name, path: path, dropped: prune)
    }
  }

  private static func message(_ action: String, _ findings: [RefreshFinding]) -> String {
    let lines = findings.compactMap { finding -> String? in
      switch finding {
      case .updated(let name, _): "update \(name.visible)"
      case .moved(let name, let from, let to): "move \(name.visible) from \(from.visible) to \(to.visible)"
      case .missing(let name, let path, dropped: true): "drop \(name.visible), gone from \(path.visible)"
      case .missing, .failed: nil
      }
    }
    return CommitMessage.text(action, lines)
  }
}
