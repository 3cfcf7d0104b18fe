import Glibc
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Platform
import Synchronization

/// One request's exchange with `git http-backend`: its body goes in, the answer comes out.
final class GitExchange: Sendable {
  private let process: GitProcess
  private let stdin: any Channel
  private let stdout: any Channel
  private let reader: NIOLoopBound<PipeReader>
  private let state = Mutex(State())

  private struct State {
    var rest: ByteBuffer?
    var feeding: Task<Void, Never>?
    var isEnded = false
    /// What was wrong with the request, where that ended it.
    var refusal: EdgeRefusal?
  }

  /// The exchange was ended before its answer was.
  struct CutShort: Error {}

  /// Starts the program.
  ///
  /// - Parameter ended: called once when it has ended, or could not be started.
  static func start(
    _ variables: [String: String], _ logger: Logger, ended: @escaping @Sendable () -> Void
  ) async throws -> GitExchange {
    let process: GitProcess
    do throws(SystemError) {
      process = try GitProcess(variables)
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
      close(process.output)
      close(process.input)
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
    do {
      let stdin = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .takingOwnershipOfDescriptor(output: process.input) { $0.eventLoop.makeSucceededFuture($0) }
      return GitExchange(process, stdin, stdout, reader)
    } catch {
      close(process.input)
      process.end()
      stdout.close(promise: nil)
      throw error
    }
  }

  private init(
    _ process: GitProcess, _ stdin: any Channel, _ stdout: any Channel, _ reader: NIOLoopBound<PipeReader>
  ) {
    self.process = process
    self.stdin = stdin
    self.stdout = stdout
    self.reader = reader
  }

  /// Gives it the body, and then the end of its input; nil is an empty one.
  func feed(_ body: RequestBody?) {
    let feeding = Task {
      do {
        if let body {
          for try await piece in body {
            // It may have heard enough, and say so in its answer; what is still to come is read all the same.
            if stdin.isActive { try? await stdin.writeAndFlush(piece) }
          }
        }
        try? await stdin.close()
      } catch {
        // The client is gone, or was refused: what came is not the whole.
        let refusal = error as? EdgeRefusal ?? .malformed
        state.withLock { $0.refusal = refusal }
        end()
      }
    }
    state.withLock { $0.feeding = feeding }
  }

  /// The head of its answer.
  func head() async throws -> CGIHead {
    var buffer = ByteBuffer()
    while var piece = try await next() {
      buffer.writeBuffer(&piece)
      if let head = try CGIHead(from: &buffer) {
        if buffer.readableBytes > 0 {
          let rest = buffer
          state.withLock { $0.rest = rest }
        }
        return head
      }
    }
    throw state.withLock { $0.refusal } ?? CutShort()
  }

  /// Passes on the rest of its answer.
  func forward(_ write: (ByteBuffer) async throws -> Void) async throws {
    if let rest = state.withLock({ $0.rest.take() }) { try await write(rest) }
    while let piece = try await next() { try await write(piece) }
    if state.withLock({ $0.isEnded }) { throw CutShort() }
  }

  private func next() async throws -> ByteBuffer? {
    let (reader, stdout) = (reader, stdout)
    return try await stdout.eventLoop.flatSubmit { reader.value.next(stdout) }.get()
  }

  /// Lets it come to its end, which is near: its answer is out.
  func finish() {
    let process = process
    stdout.eventLoop.scheduleTask(in: TimeAmount.seconds(Int64(10))) { process.end() }
    stdin.close(promise: nil)
  }

  /// Ends it at once.
  func end() {
    let feeding = state.withLock { state in
      state.isEnded = true
      return state.feeding
    }
    process.end()
    stdin.close(promise: nil)
    stdout.close(promise: nil)
    feeding?.cancel()
  }
}
