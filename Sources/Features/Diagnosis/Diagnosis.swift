import Git
import HookSetup
public import RegistryStore
import SystemSupport
import ByteStrings
import SystemPackage

/// Looks at the installation, the registry and this machine, and says what it comes upon.
///
/// Nothing is changed and nothing of a repository is run. No connection is opened but where ``Options/isOnline`` asks for it.
public struct Diagnosis {
  /// What is looked at.
  public struct Options: Sendable {
    /// Whether the remotes are asked whether they answer.
    public var isOnline = false
    /// Seconds that each remote may be silent; nil for the configured ones.
    public var timeout: Int?

    /// All that needs no network.
    public init() {}
  }

  let surroundings: Surroundings
  let options: Options
  /// Takes what the registry tells of while it is looked at.
  let delegate: any RegistryDelegate
  var report = Report()

  private init(_ surroundings: Surroundings, _ options: Options, _ delegate: any RegistryDelegate) {
    self.surroundings = surroundings
    self.options = options
    self.delegate = delegate
  }

  /// Looks at everything.
  ///
  /// - Parameter versions: what the toolset stands on, each a name and a version.
  public static func run(
    _ surroundings: Surroundings, options: Options = Options(), versions: [(name: String, version: String)],
    delegate: any RegistryDelegate
  ) -> Report {
    var diagnosis = Diagnosis(surroundings, options, delegate)
    let git = diagnosis.checkVersions(versions)
    diagnosis.checkPlaces()
    if let registry = surroundings.registry, diagnosis.checkFiles(of: registry) {
      diagnosis.checkStore(at: registry, git)
    }
    diagnosis.checkVariables()
    diagnosis.checkShells()
    diagnosis.checkKeyFiles()
    diagnosis.checkDisk()
    return diagnosis.report
  }

  /// What needs the registry open.
  private mutating func checkStore(at registry: FilePath, _ git: GitVersion?) {
    do {
      let store = try RegistryStore.open(registry, delegate: delegate)
      do {
        try checkSettings(of: store)
      } catch {
        report.find(.error, .settings, .settingsUnreadable(error))
      }
      try checkRules(of: store)
      let view = try store.view()
      checkChanges(view)
      checkClock(of: registry)
      checkCheckouts(view)
      if git != nil {
        try checkRemotes(of: store)
      }
      checkHooks(of: view, git)
    } catch {
      report.find(.error, .registry, .registryUnusable(registry, error))
    }
  }
}
