import RegistryIndex
import SystemSupport
public import SystemPackage

/// What a git hook of ours does: sees that the repository is registered, at next to no cost where it is.
///
/// It never fails: whatever stands in its way, the push goes on as if there were no hook.
public struct HookRun {
  /// What came of it.
  public enum Outcome: Equatable {
    /// Nothing was to be done: it is known, and nothing has changed.
    case known
    /// It was registered, or brought up to date.
    case registered
    /// Nothing was done, for this reason.
    case passedOver(Reason)
  }

  /// Why nothing was done.
  public enum Reason: Equatable {
    /// The repository is the registry itself.
    case isRegistry
    /// There is no registry here.
    case noRegistry(FilePath)
    /// The registry belongs to another user.
    case foreignRegistry(FilePath)
    /// It could not be registered; why.
    case notRegistered(String)
  }

  private let registry: FilePath
  private let register: (FilePath) -> String?

  /// - Parameters:
  ///   - registry: the registry's directory.
  ///   - register: registers the repository at a path, which takes libgit2, and returns why it was not.
  public init(registry: FilePath, registering register: @escaping (FilePath) -> String?) {
    self.registry = registry
    self.register = register
  }

  /// Does the work for the repository at `place`.
  public func run(_ place: HookPlace) -> Outcome {
    if Files.isSame(place.gitDirectory, registry) { return .passedOver(.isRegistry) }
    // Root, in a shell that kept the user's HOME, or in a container: what it writes would be root's.
    guard FileOwner.isOwn(registry) else { return .passedOver(.foreignRegistry(registry)) }
    let file = ViewFile(registry: registry)
    guard let main = try? file.main() else {
      return .passedOver(.noRegistry(registry))
    }
    // Taken before anything is read, so that what changes meanwhile is seen the next time.
    var stamp = Stamp(of: place, on: file.machine(), commit: main)
    if let last = Stamp(registry: registry, path: place.path), last.files == stamp.files {
      if last.commit == main { return .known }
      // The registry has changed since. A view that is out of date may be wrong about what was forgotten, no more.
      if let view = file.stored(), !view.rows(where: .paths, is: place.path.text).isEmpty {
        if view.commit == main { stamp.write(in: registry) }
        return .known
      }
    }
    if let reason = register(place.path) { return .passedOver(.notRegistered(reason)) }
    guard let now = try? file.main() else { return .registered }
    stamp.commit = now
    stamp.write(in: registry)
    return .registered
  }
}
