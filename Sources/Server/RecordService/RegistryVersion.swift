import SystemSupport
import SystemPackage

/// What tells one state of a registry, and of what machines say of their checkouts, from the next: what its references are in, as git
/// lays them out in files.
public struct RegistryVersion: Equatable, Sendable {
  /// What main's own file says; nil where main is among the packed references.
  private let main: [UInt8]?
  private let states: FileVersion
  private let packed: FileVersion

  /// Where these are.
  struct Places: Sendable {
    fileprivate let main: FilePath
    fileprivate let states: FilePath
    fileprivate let packed: FilePath

    /// Those of a registry.
    init(in registry: FilePath) {
      main = registry.pushing("refs/heads/main")
      states = registry.pushing("refs/dev-infra/state")
      packed = registry.appending("packed-refs")
    }
  }

  init(of places: Places) throws(SystemError) {
    do {
      // Two commits may be written within the time that a file system tells apart.
      main = try Files.read(places.main, limit: 4096)
    } catch {
      guard error.isMissing else { throw error }
      main = nil
    }
    states = FileVersion(of: places.states)
    packed = FileVersion(of: places.packed)
  }
}
