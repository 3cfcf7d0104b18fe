import Git
public import Registry
public import RegistryIndex
public import RegistryStore
import SystemSupport
public import SystemPackage

/// What is worth knowing about the projects that were chosen to be cloned.
public enum CloneNotice: Equatable, Sendable {
  /// The project is on this machine, at this path.
  case isHere(name: String, path: String)
  /// The project is on this machine, where it was moved to.
  case isHereMoved(name: String, from: FilePath, to: FilePath)
  /// These projects have no remote URL, and so cannot be cloned; their names.
  case withoutURL([String])
  /// A part of a URL is not kept: what may be secret, or else the user name.
  case urlShortened(RemoteURL)
}

extension ClonePlan {
  /// Plans a project that was named: to where it was, where its directory is gone, and anew where this machine never had it.
  public mutating func choose(_ row: ViewRow, in store: borrowing RegistryStore) {
    guard let path = row.paths.first else { return add(row, in: store) }
    if Self.isGone(row), !Self.hasRepository(row, store) {
      restore(row, at: path, in: store)
    } else {
      let there = row.paths.first { Files.kind(of: FilePath(text: $0)) != nil }
      notify(.isHere(name: row.name, path: there ?? path))
    }
  }

  /// Plans what words name: a project, else those that a glob matches, or what a URL leads to.
  ///
  /// - Parameter globs: how many of them, from the first on, may be globs.
  /// - Returns: why words lead to nothing that can be planned.
  public mutating func choose(
    _ queries: [ProjectQuery], globs: Int, in store: borrowing RegistryStore
  ) throws -> [any Error] {
    let view = try store.view()
    let moved = try moved(among: queries.compactMap { try? $0.find(in: view) }, in: store)
    var failures: [any Error] = []
    for (index, query) in queries.enumerated() {
      do {
        let row = try query.find(in: view)
        if !moved.contains(row.id) { choose(row, in: store) }
      } catch let error as RegistryIndexError {
        do {
          try choose(unknown: query.text, error, mayBeGlob: index < globs, of: view, in: store)
        } catch {
          failures.append(error)
        }
      }
    }
    return failures
  }

  /// Plans what a word stands for that names no project.
  private mutating func choose(
    unknown text: String, _ error: RegistryIndexError, mayBeGlob: Bool, of view: View,
    in store: borrowing RegistryStore
  ) throws {
    switch error {
    case .unknownProject, .noProject: break
    default: throw error
    }
    if RemoteURL.looksLikeURL(text) { return try choose(url: text) }
    // A path leads to a project, but one of a bare repository is what git clones from as well.
    if case .noProject = error, let path = FilePath(text: text).resolved,
      let info = try? RepositoryInfo.read(at: path), info.kind == .bare, info.root == path
    {
      if let row = try? ProjectQuery("file://\(path.text)", directory: path).find(in: view) {
        return choose(row, in: store)
      }
      return try choose(url: path.text)
    }
    guard mayBeGlob, Selection.isGlob(text) else { throw error }
    var selection = Selection()
    selection.all = true
    selection.patterns = [text]
    let rows = try selection.rows(of: view)
    if rows.isEmpty { throw CloningError.noneMatches(text) }
    for row in rows { choose(row, in: store) }
  }

  /// Plans what a URL leads to that no project of the registry is.
  ///
  /// - Throws: ``CloningError`` where the URL is refused.
  public mutating func choose(url text: String) throws(CloningError) {
    let url: RemoteURL
    do throws(RefusedURL) {
      url = try RemoteURL(text)
    } catch {
      throw .refusedURL(error)
    }
    if url.isChanged { notify(.urlShortened(url)) }
    add(url)
  }

  /// Plans those of some projects whose directory on this machine is gone, to where it was. Of a project with several paths the
  /// first counts, and one that was moved is not cloned a second time.
  public mutating func restoreMissing(among rows: [ViewRow], in store: borrowing RegistryStore) throws {
    let moved = try moved(among: rows, in: store)
    for row in rows where Self.isGone(row) && !moved.contains(row.id) && !Self.hasRepository(row, store) {
      for path in row.paths.prefix(1) { restore(row, at: path, in: store) }
    }
  }

  /// Plans those of some projects that this machine does not have.
  public mutating func addAbsent(among rows: [ViewRow], in store: borrowing RegistryStore) {
    let absent = rows.filter { $0.paths.isEmpty }
    let without = absent.filter { $0.isEmpty(.remoteURL) }
    if !without.isEmpty { notify(.withoutURL(without.map(\.name))) }
    for row in absent where !row.isEmpty(.remoteURL) { add(row, in: store) }
  }

  /// Plans those of some projects that this machine does not have and that a rule asks for, such as the one of
  /// `dev-infra.wanted`.
  public mutating func addWanted(
    among rows: [ViewRow], by rule: Selection, of view: View, in store: borrowing RegistryStore
  ) throws {
    let absent = rows.filter { $0.paths.isEmpty && !$0.isEmpty(.remoteURL) }
    for row in try rule.holding(absent, of: view, nil) { add(row, in: store) }
  }

  /// Looks nearby for those of some projects that are not where they were. Those that are found are known to be there from now
  /// on, but in a plan that is only shown.
  ///
  /// - Returns: the ids of those that were found.
  public func moved(among rows: [ViewRow], in store: borrowing RegistryStore) throws -> Set<String> {
    let gone = rows.filter(Self.isGone)
    guard !gone.isEmpty else { return [] }
    var found: Set<String> = []
    for case .moved(let name, let from, let to) in try store.refresh(gone, prune: false, dryRun: isDryRun)
      .findings
    {
      notify(.isHereMoved(name: name, from: from, to: to))
      found.insert(from.text)
    }
    return Set(gone.filter { $0.paths.first.map { found.contains($0) } ?? false }.map(\.id))
  }

  /// Whether a project that has lost a worktree still has its bare repository here.
  private static func hasRepository(_ row: ViewRow, _ store: borrowing RegistryStore) -> Bool {
    guard row.paths.count > 1, let id = ProjectID(row.id), let main = try? store.main(),
      let checkout = (try? store.checkout(id, of: store.machine.id, in: main)) ?? nil
    else { return false }
    return checkout.paths.contains { $0.kind == .bare && Files.kind(of: $0.path) != nil }
  }

  /// Whether this machine had it, and there is nothing where it was.
  private static func isGone(_ row: ViewRow) -> Bool {
    row.paths.first.map { Files.kind(of: FilePath(text: $0)) == nil } ?? false
  }
}
