import ByteStrings
public import RegistryStore
import SystemSupport
public import Terminal
import SystemPackage

extension ListedProjectError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .gone(let name, let path):
      .no("\(Quoting.visible(name)) is not at \(path.visible), and the list has no URL for it")
    case .removed(let name):
      .no(
        "\(Quoting.visible(name)) is passed over: it was removed from the registry",
        hints: "'dev-infra register DIR' or 'dev-infra clone URL' brings it back, with what was known of it")
    }
  }
}
