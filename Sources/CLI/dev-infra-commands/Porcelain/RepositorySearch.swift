import Terminal
import RegistryReporting
import Git
import SystemSupport
import ByteStrings
import SystemPackage

/// Looks for what `register --recursive` registers: repositories, and what is a project of its own in them.
struct RepositorySearch {
  private let finder: RepositoryFinder
  private let isQuiet: Bool
  /// How often something could not be looked at; each time it has been told.
  private(set) var failures = 0

  init(_ finder: RepositoryFinder, isQuiet: Bool) { (self.finder, self.isQuiet) = (finder, isQuiet) }

  /// What there is below some directories, but for the registry.
  mutating func run(below roots: [FilePath], except registry: FilePath) throws -> [FilePath] {
    let registry = registry.resolved
    var repositories: [RepositoryFinder.Found] = []
    var failures = 0
    var progress = Progress("Finding repositories", total: 0, quiet: isQuiet)
    for root in roots {
      guard let root = root.resolved, Files.kind(of: root) == .directory else {
        Messages.error("looking for repositories below \(root.visible) failed: it is not a directory")
        failures += 1
        continue
      }
      try finder.search(root) { repository in
        if repository.path == registry { return }
        repositories.append(repository)
        progress.update(repositories.count)
      } warning: { warning in
        Messages.warning(warning.message)
        if warning.isIncomplete { failures += 1 }
      }
      if !isQuiet, !finder.nested, repositories.contains(where: { $0.path == root }) {
        try tellOfNested(in: root, except: registry)
      }
    }
    // The first path of a project is where it is looked for, and a directory lists its entries in whatever order.
    let ranked = repositories.map { (rank: SearchRank($0.path), repository: $0) }.sorted { $0.rank < $1.rank }
    repositories = ranked.map(\.repository)
    // A directory with metadata of its own is a project of its own.
    let tracked = Parallel.map(repositories, silence: Examination.silence) { repository in
      Result { () throws(GitError) -> [FilePath] in try repository.trackedPaths(named: ".dev-infra.yml") }
    }
    var found: [FilePath] = []
    for (repository, below) in zip(repositories, tracked) {
      found += repository.linkedWorkTrees
      found.append(repository.path)
      do throws(GitError) {
        let below = try (below ?? .failure(Examination.unanswered(repository.path))).get()
        found += below.filter { !$0.isEmpty }.map { repository.path.pushing($0) }
      } catch  where error.kind == .ownedBySomeoneElse {
        // Said once, when it is to be registered.
      } catch {
        Messages.error(Failure(error))
        failures += 1
      }
    }
    progress.finish(found.count)
    self.failures += failures
    return found
  }

  /// Says how many repositories are left out since they are inside the one that was named: where a home directory is a repository,
  /// these are all that there are.
  private func tellOfNested(in root: FilePath, except registry: FilePath?) throws {
    var finder = finder
    finder.nested = true
    var count = 0
    try finder.search(root) {
      if $0.path != root, $0.path != registry { count += 1 }
    } warning: { _ in
    }
    if count == 0 { return }
    let inside = count == 1 ? "1 repository inside it is" : "\(count) repositories inside it are"
    Messages.hint(
      "'\(root.visible)' is a repository itself, and \(inside) left out; '--nested' takes these too")
  }
}
