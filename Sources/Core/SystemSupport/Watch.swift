#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization

/// Whether a piece of work makes progress: it is given up when it gives no sign for some time.
///
/// A thread may wait in the kernel for as long as a file system does not answer, and nothing can end that wait. So the
/// work is done by a thread that can be left behind, and the threads that wait for it look at this.
public final class Watch: Sendable {
  private let signs = Atomic<Int>(0)
  private let allowed = Atomic<Int>(0)
  private let abandoned = Atomic<Bool>(false)
  private let whenAbandoned = Mutex<(@Sendable () -> Void)?>(nil)

  package init() {}

  /// The watch over this thread's work; nil where nobody would give it up.
  public static var current: Watch? {
    pthread_getspecific(key).map { Unmanaged<Watch>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Reports progress of this thread's work, for work that takes long and is not stuck.
  public static func sign() { current?.sign() }

  /// Reports progress of this thread's work, and that its next step may take so many seconds longer than others, such as
  /// reading a large file.
  public static func sign(allowing seconds: Double) { current?.sign(allowing: seconds) }

  /// What is done when the work is given up, on another thread; nil: nothing.
  public func onAbandoning(_ action: (@Sendable () -> Void)?) { whenAbandoned.withLock { $0 = action } }

  /// Whether something is to be done when it is given up.
  public var hasAbandonmentAction: Bool { whenAbandoned.withLock { $0 != nil } }

  func sign(allowing seconds: Double = 0) {
    allowed.store(Int(min(seconds, 3600) * 1000), ordering: .relaxed)
    signs.wrappingAdd(1, ordering: .relaxed)
  }

  /// Seconds that the present step may take beside the limit.
  var allowance: Double { Double(allowed.load(ordering: .relaxed)) / 1000 }

  var signCount: Int { signs.load(ordering: .relaxed) }

  /// Whether it was given up.
  package var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }

  /// Gives the work up.
  package func abandon() {
    abandoned.store(true, ordering: .releasing)
    whenAbandoned.withLock { $0?() }
  }

  /// Puts what this thread does under this watch, which the caller keeps for as long as the thread runs.
  package func watchesThisThread() {
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()
}

/// How long several watches have given no sign, as the waiting thread counts it.
///
/// Time in which this process was stopped does not count against them: each look counts at most a tenth of a second.
package struct Patience {
  /// The longest time between two looks, in seconds.
  package static let step = 0.1
  private var last = Clock.monotonicSeconds
  private var silences: [ObjectIdentifier: (signs: Int, seconds: Double)] = [:]

  package init() {}

  /// Looks at watches: which of them have given no sign for `limit` seconds.
  package mutating func exhausted(of watches: [Watch], limit: Double) -> [Watch] {
    let now = Clock.monotonicSeconds
    let passed = min(now - last, Self.step)
    last = now
    return watches.filter { watch in
      let signs = watch.signCount
      var silence = silences[ObjectIdentifier(watch)] ?? (signs, -passed)
      silence = silence.signs == signs ? (signs, silence.seconds + passed) : (signs, 0)
      silences[ObjectIdentifier(watch)] = silence
      return silence.seconds >= limit + watch.allowance
    }
  }
}

/// Work that is given up when it is stuck.
public enum Watched {
  /// Threads that have nothing to do: starting one takes longer than most work that is watched.
  private static let idle = Mutex<[WatchedThread]>([])

  /// Runs `body` on another thread, and waits for it until it gives no sign (``Watch/sign()``) for `limit` seconds.
  ///
  /// - Returns: what `body` returns; nil when it was given up, and goes on by itself.
  /// - Throws: what `body` throws; ``SystemError`` when the system has no thread left.
  public static func run<Value: Sendable>(
    silence limit: Double, _ body: @escaping @Sendable () throws -> Value
  ) throws -> Value? {
    let result = Outcome<Value>()
    let thread = try idle.withLock { $0.popLast() } ?? WatchedThread()
    guard thread.run(silence: limit, { result.set(Result { try body() }) }) else { return nil }
    idle.withLock { $0.append(thread) }
    return try result.value?.get()
  }

  /// What a thread leaves for another.
  private final class Outcome<Value: Sendable>: Sendable {
    private let stored = Mutex<Result<Value, any Error>?>(nil)
    func set(_ value: Result<Value, any Error>) { stored.withLock { $0 = value } }
    var value: Result<Value, any Error>? { stored.withLock { $0 } }
  }
}

/// A thread that does one piece of work after another, each watched by the thread that waits for it.
private final class WatchedThread: @unchecked Sendable {
  private let monitor = Monitor()
  private let watch = Watch()
  // Both are only touched with the lock held.
  private var work: (@Sendable () -> Void)?
  private var isDone = false

  init() throws(SystemError) {
    try WorkerThread { [self] in
      watch.watchesThisThread()
      while !watch.isAbandoned { step() }
    }.detach()
  }

  private func step() {
    monitor.lock()
    while work == nil { monitor.wait() }
    let work = work
    self.work = nil
    monitor.unlock()
    work?()
    monitor.withLock { isDone = true }
    monitor.wake()
  }

  /// - Returns: whether it was done; otherwise this thread is not to be used again.
  func run(silence limit: Double, _ work: @escaping @Sendable () -> Void) -> Bool {
    monitor.lock()
    defer { monitor.unlock() }
    self.work = work
    isDone = false
    monitor.wake()
    var patience = Patience()
    while !isDone {
      monitor.wait(atMost: Patience.step)
      if isDone { break }
      if !patience.exhausted(of: [watch], limit: limit).isEmpty {
        watch.abandon()
        return false
      }
    }
    return true
  }
}
