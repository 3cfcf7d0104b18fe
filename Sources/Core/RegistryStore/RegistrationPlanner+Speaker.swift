import Git
import Metadata
import SystemSupport
import Registry
import RegistryIndex
import SystemPackage

/// Which directory speaks for a project on this machine.
extension RegistrationPlanner {
  /// The directory that speaks for a project on this machine, where it is not `directory`: the first of the paths it is
  /// known at that still holds it.
  ///
  /// Of one repository the main work tree goes before a linked one, and that before the bare repository.
  ///
  /// - Throws: ``ProjectDirectory/ForeignWorkTree`` where `directory` pretends to be the repository of the other
  ///   directory.
  func speaker(
    for project: Project, in checkout: Checkout, beside directory: ProjectDirectory
  ) throws -> FilePath? {
    for place in checkout.ranked {
      if place.path == directory.path { return nil }
      guard ProjectDirectory.mayHoldProject(place.path) else { continue }
      var there: ProjectDirectory
      do {
        there = try ProjectDirectory(place.path)
        there.resolve(by: addresses)
      } catch {
        // Damaged or not readable just now: it is still what is known.
        return place.path
      }
      guard there.path == place.path, let row = index.row(project.id), there.mayBe(row) else { continue }
      guard let facts = directory.facts, let known = there.facts else { return place.path }
      // Both have been found to belong to that repository: it is the same one, seen from another of its work trees.
      if facts.commonDirectory == known.commonDirectory {
        let kinds = [CheckoutPath.Kind.main, .worktree, .bare]
        if kinds.firstIndex(of: directory.kind) ?? 0 < kinds.firstIndex(of: place.kind) ?? 0 { continue }
        if directory.kind == .main, place.kind == .main, directory.subdirectory == there.subdirectory {
          throw ProjectDirectory.ForeignWorkTree(
            directory: directory.path,
            objection: .sharedRepository(of: project.name, at: place.path))
        }
      }
      return place.path
    }
    return nil
  }
}
