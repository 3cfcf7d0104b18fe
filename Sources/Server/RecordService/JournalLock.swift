import SystemSupport
import SystemPackage

/// The lock of a journal, until it is let go of.
final class JournalLock {
  private let lock: FileLock
  private let path: FilePath
  private let file: Stat?

  init(_ path: FilePath, of registry: FilePath) throws {
    do throws(SystemError) {
      lock = try FileLock(path, timeout: 0)
    } catch {
      guard error.code == .wouldBlock else { throw error }
      throw RecordServiceError.servedByAnother(registry: registry)
    }
    self.path = path
    file = Stat(at: path)
  }

  /// Whether the file that is locked is still the one that is there: another one has come with another directory, and
  /// locks nobody out.
  var isInPlace: Bool {
    guard let file, let there = Stat(at: path) else { return false }
    return there.isSameFile(as: file)
  }
}
