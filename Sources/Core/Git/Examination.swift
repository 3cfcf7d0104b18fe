import GitMemory
import SystemSupport
import ByteStrings
public import SystemPackage

/// Reading a directory of unknown origin: given up where it makes no progress, and bounded in the memory that libgit2
/// takes for it.
public enum Examination {
  /// Seconds without progress after which an examination is given up.
  public static let silence = Limits.silence

  /// As ``run(of:_:)-any``, for what throws nothing but ``GitError``.
  static func run<Value: Sendable>(
    of directory: FilePath, _ body: @escaping @Sendable () throws(GitError) -> Value
  ) throws(GitError) -> Value {
    do {
      let result = try run(of: directory) { () throws -> Result<Value, GitError> in
        do throws(GitError) {
          return .success(try body())
        } catch {
          return .failure(error)
        }
      }
      return try result.get()
    } catch let error as GitError {
      throw error
    } catch let error as SystemError {
      throw GitError(error)
    } catch {
      throw GitError(.other, "reading", directory.visible, reason: "\(error)")
    }
  }

  /// Runs `body`, which examines `directory`.
  ///
  /// It runs on a thread that can be left behind; within such a thread already, on that.
  ///
  /// - Throws: what `body` throws; ``GitError`` where it was given up.
  public static func run<Value: Sendable>(
    of directory: FilePath, _ body: @escaping @Sendable () throws -> Value
  ) throws -> Value {
    if Watch.current != nil { return try MemoryBudget.run(body) }
    guard let value = try Watched.run(silence: silence, { try MemoryBudget.run(body) }) else {
      throw unanswered(directory)
    }
    return value
  }

  /// What is said of a directory whose examination was given up.
  public static func unanswered(_ directory: FilePath) -> GitError {
    GitError(
      .unanswered, "reading", directory.visible,
      reason: "it did not answer for \(Int(silence)) seconds",
      remedy: .responsiveFiles)
  }
}

/// The memory that libgit2 takes for one examination.
private final class MemoryBudget: @unchecked Sendable {
  private let raw = git_memory_budget_new(Limits.memory)

  private init() {}

  deinit { git_memory_budget_free(raw) }

  /// Runs `body` with a budget of its own; inside another's, with that.
  static func run<Value>(_ body: () throws -> Value) throws -> Value {
    if Watch.current?.hasAbandonmentAction ?? false { return try body() }
    let budget = MemoryBudget()
    git_memory_enter(budget.raw)
    // Once given up, it must not go on to fill the memory, nor keep others from theirs.
    Watch.current?.onAbandoning { git_memory_cancel(budget.raw) }
    defer {
      Watch.current?.onAbandoning(nil)
      git_memory_enter(nil)
    }
    return try body()
  }
}
