import Hummingbird
import Logging
import NIOCore
import NIOPosix
import SystemSupport
import Synchronization
import SystemPackage

/// One request's exchange with `git http-backend`, which has the whole body in a file: its answer comes out.
final class GitExchange: Sendable {
  private let process: GitProcess
  private let stdout: any Channel
  private let spool: AnswerSpool
  private let state = Mutex(State())

  private struct State {
    var rest: ByteBuffer?
    var isEnded = false
  }

  /// The exchange was ended before its answer was.
  struct CutShort: Error {}

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - body: what it reads; nil: nothing.
  ///   - memory: the most memory that each of its processes may take.
  ///   - directory: where what its client does not take yet is kept.
  ///   - ended: called once when it has ended, or could not be started.
  static func start(
    _ variables: [String: String], _ body: SpooledBody?, memory: Int, in directory: FilePath,
    _ logger: Logger,
    ended: @escaping @Sendable () -> Void
  ) async throws -> GitExchange {
    let process: GitProcess
    do throws(SystemError) {
      process = try GitProcess(variables, input: body?.descriptor, memory: memory)
    } catch {
      ended()
      throw error
    }
    let reader: NIOLoopBound<PipeReader>
    let stdout: any Channel
    do {
      (stdout, reader) = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.autoRead, value: false)
        .takingOwnershipOfDescriptor(input: process.output) { channel in
          channel.eventLoop.makeCompletedFuture {
            let reader = PipeReader(silence: .minutes(5))
            try channel.pipeline.syncOperations.addHandler(reader)
            return (channel, NIOLoopBound(reader, eventLoop: channel.eventLoop))
          }
        }
    } catch {
      _ = OpenFile(owning: process.output)
      process.end()
      _ = await process.wait()
      ended()
      throw error
    }
    stdout.closeFuture.whenComplete { _ in
      Task {
        if let said = await process.wait() {
          logger.notice("git http-backend failed: \(said.isEmpty ? "it was ended" : said)")
        }
        ended()
      }
    }
    let exchange = GitExchange(process, stdout, AnswerSpool(directory))
    Task { await pump(reader, stdout, into: exchange.spool) }
    return exchange
  }

  private init(_ process: GitProcess, _ stdout: any Channel, _ spool: AnswerSpool) {
    self.process = process
    self.stdout = stdout
    self.spool = spool
  }

  /// Takes from git what it says, as fast as it does.
  private static func pump(
    _ reader: NIOLoopBound<PipeReader>, _ stdout: any Channel, into spool: AnswerSpool
  ) async {
    do {
      while let piece = try await stdout.eventLoop.flatSubmit({ reader.value.next(stdout) }).get() {
        guard await spool.add(piece) else { return }
      }
      spool.end(nil)
    } catch {
      spool.end(error)
    }
  }

  /// The head of its answer.
  func head() async throws -> CGIHead {
    var buffer = ByteBuffer()
    while var piece = try await spool.next() {
      buffer.writeBuffer(&piece)
      if let head = try CGIHead(from: &buffer) {
        if buffer.readableBytes > 0 {
          let rest = buffer
          state.withLock { $0.rest = rest }
        }
        return head
      }
    }
    throw CutShort()
  }

  /// Passes on the rest of its answer.
  func forward(_ write: (ByteBuffer) async throws -> Void) async throws {
    if let rest = state.withLock({ $0.rest.take() }) { try await write(rest) }
    while let piece = try await spool.next() { try await write(piece) }
    if state.withLock({ $0.isEnded }) { throw CutShort() }
  }

  /// Lets it end, which it will soon: its answer is out.
  func finish() {
    let process = process
    stdout.eventLoop.scheduleTask(in: TimeAmount.seconds(Int64(10))) { process.end() }
  }

  /// Ends it at once.
  func end() {
    state.withLock { $0.isEnded = true }
    process.end()
    spool.close()
    spool.end(CutShort())
    stdout.close(promise: nil)
  }
}
