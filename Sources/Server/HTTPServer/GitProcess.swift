import Dispatch
import NIOPosix
import SystemSupport
import ByteStrings
import SystemPackage

/// A running `git http-backend`, in a process group of its own with all that it starts.
final class GitProcess: Sendable {
  private let group: ProcessGroup
  /// What it says of errors, which goes to the log.
  private let errors: OpenFile

  /// Where its output comes from; the caller closes it.
  var output: Int32 { group.output }

  /// The most seconds of a processor that each of its processes may take.
  private static let processorTime = 300

  /// Starts it with these variables and no others.
  ///
  /// - Parameters:
  ///   - input: what it reads; nil: nothing.
  ///   - memory: the most memory that each of its processes may take, in bytes.
  init(_ variables: [String: String], input: Int32?, memory: Int) throws(SystemError) {
    let errors = try NamelessFile.make(in: FilePath(text: Environment["TMPDIR"] ?? "/tmp"))
    // The shell sets the limits, which hold for all that git starts. Memory that files are mapped into does not count.
    let limits =
      "ulimit -S -d \(memory >> 10) && ulimit -S -t \(Self.processorTime) && exec git http-backend"
    group = try ProcessGroup(
      .init(["sh", "-c", limits], variables: variables, input: input, errors: errors.descriptor),
      name: "git http-backend")
    self.errors = errors
  }

  /// Ends it and all that it started: first as git likes it, which removes then what it has of a push, and soon after
  /// whatever is still there.
  func end() {
    group.end(by: .terminate)
    DispatchQueue.global().asyncAfter(deadline: .now() + 2) { self.group.end(by: .kill) }
  }

  /// Waits for its end. Called once.
  ///
  /// - Returns: what it said of errors, nothing where it ended well.
  func wait() async -> String? {
    let group = group
    let isWell = try? await NIOThreadPool.singleton.runIfActive { group.wait() }
    if isWell == true { return nil }
    var text = [UInt8](repeating: 0, count: 2048)
    let descriptor = errors.descriptor
    let count = (try? Files.readPiece(descriptor, into: &text, at: 0, name: "git's errors")) ?? 0
    return Quoting.visible(ByteText.string(from: text[..<count]))
  }
}
