import SystemSupport
import ByteStrings
import RegistryIndex
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
    case passedOver(String)
  }

  /// Seconds to wait for another command that holds the registry.
  static let lockTimeout = "0.3"
  /// Seconds to look for a first commit, which takes long in a long history. Without it the project is registered all the
  /// same, and 'register' or 'refresh' adds it.
  static let historyTimeout = "0.3"
  /// Seconds after which registering is given up.
  static let timeLimit = 5.0

  private let registry: FilePath

  /// - Parameter registry: the registry's directory.
  public init(registry: FilePath) { self.registry = registry }

  /// Does the work for the repository at `place`.
  public func run(_ place: HookPlace) -> Outcome {
    if HookPlace.isSame(place.gitDirectory, registry) { return .passedOver("this is the registry itself") }
    // Root, in a shell that kept the user's HOME, or in a container: what it writes would be root's.
    guard FileOwner.isOwn(registry) else { return .passedOver("\(registry.visible) belongs to another user") }
    let file = ViewFile(registry: registry)
    guard let main = try? file.main() else {
      return .passedOver("there is no registry at \(registry.visible)")
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
    if let reason = register(place.path) { return .passedOver(reason) }
    guard let now = try? file.main() else { return .registered }
    stamp.commit = now
    stamp.write(in: registry)
    return .registered
  }

  /// Registers the repository at `path`.
  ///
  /// - Returns: why it was not, or nil.
  private func register(_ path: FilePath) -> String? {
    guard let program = Environment.executablePath?.appending("dev-infra-register") else {
      return "/proc is not mounted, so the installation's executables cannot be found"
    }
    var register = ChildProcess(program.text, ["--quiet", "--", path.text])
    register.environment = [
      "DEV_INFRA_DIR": registry.text, "DEV_INFRA_LOCK_TIMEOUT": Self.lockTimeout,
      "DEV_INFRA_HISTORY_TIMEOUT": Self.historyTimeout,
    ]
    register.silenceLimit = Self.timeLimit
    do {
      let result = try register.run()
      if result.termination == .exited(0) { return nil }
      let line = result.errors.split(separator: UInt8(ascii: "\n")).first.map { ByteText.string(from: $0) }
      return line ?? "registering ended without a word: \(result.termination)"
    } catch {
      return "\(error.action) \(error.subject) failed: \(error.reason)"
    }
  }
}
