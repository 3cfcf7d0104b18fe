import ByteStrings
public import Terminal

extension Failure {
  /// Why a project could not be read again.
  public static func refreshing(_ name: String, _ reason: any Error) -> Failure {
    Failure(reason).during("refreshing \(Quoting.visible(name))")
  }
}
