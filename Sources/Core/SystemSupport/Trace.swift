import Synchronization
public import SystemPackage

/// Something that this process does, in facts; `DEV_INFRA_TRACE` shows it to a person who looks for a fault.
///
/// Contents of files and what programs read or print are never part of one: they may hold secrets. Arguments and URLs may
/// as well, and are masked where the trace is written.
public enum TraceEvent: Sendable {
  /// A program was started.
  case started(process: Int32, program: String, arguments: [String])
  /// A program that was started has ended, or was ended here where `termination` is nil.
  case ended(process: Int32, program: String, termination: ChildProcess.Termination?, seconds: Double)
  /// This process becomes another program.
  case becoming(program: String, arguments: [String])
  /// A file was read.
  case read(FilePath)
  /// A file got new contents as a whole.
  case replaced(FilePath)
  /// A lock was taken, after so many seconds.
  case locked(FilePath, seconds: Double)
  /// A git repository was opened.
  case opened(repository: FilePath)
  /// Objects were written to a git repository's store, and are on disk.
  case wroteObjects(count: Int, store: FilePath, asPack: Bool)
  /// A ref of a git repository was moved; nil where it was new.
  case moved(reference: String, from: String?, to: String)
  /// A request was sent to a service.
  case sent(method: String, url: String)
  /// A service answered, or, without a status, did not.
  case answered(method: String, url: String, status: Int?, seconds: Double)
  /// Why something was done, or was not, in words.
  case note(String)
}

/// Hands what this process does to whatever shows it. Nothing is made of an event where nobody asked.
public enum Trace {
  private static let isOn = Atomic<Bool>(false)
  private static let receiver = Mutex<(@Sendable (TraceEvent) -> Void)?>(nil)

  /// Tells of something that was done.
  public static func report(_ event: @autoclosure () -> TraceEvent) {
    guard isOn.load(ordering: .relaxed) else { return }
    let event = event()
    receiver.withLock { $0?(event) }
  }

  /// Says where events go from now on; it is called by one thread at a time, and must not report events.
  public static func deliver(to receive: @escaping @Sendable (TraceEvent) -> Void) {
    receiver.withLock { $0 = receive }
    isOn.store(true, ordering: .relaxed)
  }
}
