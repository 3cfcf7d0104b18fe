import Git
import SystemSupport
import ByteStrings
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
  ///   - view: where all of them are from, whose memory is given back meanwhile.
  ///   - prune: whether directories that are gone and were not found elsewhere are dropped.
  ///   - dryRun: whether it is only told what would be found.
  /// - Returns: what is worth telling, and warnings.
  public func refresh(_ rows: [ViewRow], of view: View? = nil, prune: Bool, dryRun: Bool = false) throws -> (
    findings: [RefreshFinding], warnings: [RegistrationWarning]
  ) {
    if rows.allSatisfy({ $0.isEmpty(.paths) }) { return ([], []) }
    var findings: [RefreshFinding] = []
    var warnings: [RegistrationWarning] = []
    try update { base in
      findings = []
      warnings = []
      var planner = try RegistrationPlanner(self, base: base, restoring: false)
      var lost: [LostCheckout] = []
      for row in rows {
        guard let id = ProjectID(row.id) else { continue }
        for path in row.paths.map({ FilePath(text: $0) }) {
          func lose() {
            let checkout = LostCheckout(id: id, path: path, row: row)
            if !checkout.isLeftOutOnPurpose { lost.append(checkout) }
          }
          guard ProjectDirectory.mayHoldProject(path) else {
            lose()
            continue
          }
          do {
            let directory = try ProjectDirectory(path)
            let hasLink = directory.path != path && path.resolved == directory.path
            guard directory.path == path || hasLink else {
              // What is there by now belongs to the repository around it.
              lose()
              continue
            }
            let result = try planner.register(directory, as: hasLink ? id : nil, in: self)
            warnings += result.warnings
            if hasLink {
              findings.append(.moved(name: result.name, from: path, to: directory.path))
            } else if result.change != .unchanged {
              findings.append(.updated(name: result.name, path: path))
            } else {
              planner.planned.forgetUnchanged(result.id)
            }
          } catch is RemovedFromRegistry {
            continue
          } catch {
            findings.append(.failed(name: row.name, path: path, reason: error))
          }
        }
      }
      findings += try relocate(&lost, &planner, prune: prune) { view?.release() }
      let entries = planner.entries
      return entries.isEmpty || dryRun
        ? nil : RegistryChange(entries, message: Self.message("Refresh", findings))
    }
    return (findings, warnings)
  }

  /// Looks for directories that are gone: below `dev-infra.roots`, and near where they were.
  ///
  /// - Parameter passed: called now and then, when what was read of the rows is not needed for a while.
  private func relocate(
    _ lost: inout [LostCheckout], _ planner: inout RegistrationPlanner, prune: Bool, _ passed: () -> Void
  ) throws -> [RefreshFinding] {
    guard !lost.isEmpty else { return [] }
    let roots = try repository.configuration().strings("dev-infra.roots").map { FilePath(text: $0) }
    var candidates: [ProjectDirectory] = []
    for path in LostCheckout.candidates(for: lost, roots: roots) where !planner.knows(path) {
      if let directory = try? ProjectDirectory(path, isNew: true), directory.path == path {
        candidates.append(directory)
      }
    }
    if !candidates.isEmpty {
      for number in lost.indices {
        lost[number].remotes = try planner.recorded(lost[number].id, in: self)?.remotes ?? [:]
      }
    }
    let places = LostCheckout.places(of: lost, among: candidates)
    for (number, place) in places.sorted(by: { $0.key < $1.key }) {
      _ = try planner.register(candidates[place], as: lost[number].id, in: self)
    }
    passed()
    let isKept = prune ? [] : try isRecorded(lost, planner)
    return try lost.enumerated().map { number, checkout in
      if number % 4096 == 0 { passed() }
      let (name, path) = (checkout.row.name, checkout.path)
      if let place = places[number] {
        try planner.drop(path, of: checkout.id, in: self)
        return .moved(name: name, from: path, to: candidates[place].path)
      }
      // Where the project is elsewhere on this machine as well, nothing is lost.
      if prune { try planner.drop(path, of: checkout.id, in: self) }
      return .missing(name: name, path: path, dropped: prune || !isKept[number])
    }
  }

  /// Whether the registry has each of these still.
  private func isRecorded(_ lost: [LostCheckout], _ planner: borrowing RegistrationPlanner) throws -> [Bool] {
    var isRecorded = lost.map { planner.has($0.id, at: $0.path) }
    let others = lost.indices.filter { isRecorded[$0] == nil }
    try readOwnCheckouts(of: others.map { lost[$0].id }, in: planner.base) { number, checkout in
      checkout.paths.contains { $0.path == lost[others[number]].path }
    } _: {
      isRecorded[others[$0]] = $1
    }
    return isRecorded.map { $0 ?? false }
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
