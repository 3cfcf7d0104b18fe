public import RegistryIndex
import SystemPackage
import SystemSupport
import Terminal

extension ViewFile {
  /// The view of the registry's main as it is now. A stale or missing one is brought up to date by `dev-infra-update-view`,
  /// the one executable that reads the view's sources.
  public func fresh() throws -> View {
    try fresh { registry, mustPrint in
      let tool = try Environment.requireExecutablePath().appending("dev-infra-update-view")
      var update = ChildProcess(tool.text, [mustPrint ? "--stdout" : "--unless-kept"])
      update.environment = ["DEV_INFRA_DIR": registry.text]
      let relay = ErrorRelay()
      update.onErrors = { relay.pass($0) }
      defer { relay.end() }
      let result = try update.run()
      return result.termination == .exited(0) ? result.output : nil
    }
  }
}
