import SystemSupport

/// The one place where a process of the toolset ends.
public enum Program {
  /// Runs `body` with the process's arguments and ends the process with the status that it returns, or by the signal that came
  /// meanwhile.
  ///
  /// - Parameter isTraced: whether `DEV_INFRA_TRACE` says where a trace of it goes.
  public static func run(isTraced: Bool = true, _ body: (_ arguments: [String]) -> Int32) -> Never {
    ThisProcess.holdStandardStreams()
    if isTraced { TraceLog.start(Arguments.all) }
    let status = body(Arguments.all)
    if isTraced { TraceLog.end(status) }
    Interruption.endProcess()
    ThisProcess.exit(status)
  }
}
