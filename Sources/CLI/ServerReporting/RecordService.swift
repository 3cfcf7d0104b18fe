public import RecordService
import SystemSupport
public import Terminal

extension RecordServiceError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .servedByAnother(let registry):
      .fatal(
        "the registry \(registry.visible) is served by another dev-infra daemon",
        hints: "stop that one, or name another registry with --registry")
    case .registryGone(let registry): .fatal("there is no registry at \(registry.visible) any more")
    }
  }
}
