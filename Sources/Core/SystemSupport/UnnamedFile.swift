import CGlibc
import Glibc
import ByteStrings
import SystemPackage

/// A file without a name, in the directory for temporary files: what is too much for memory, and nobody else's.
public final class UnnamedFile {
  private let descriptor: Int32
  private let place: String
  /// How many bytes it has.
  public private(set) var size = 0

  /// An empty file.
  public init() throws(SystemError) {
    let folder = FilePath(text: Environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")
    place = folder.visible
    var template = folder.appending("dev-infra-XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
    descriptor = dev_infra_temporary_file(&template, O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("making a temporary file in", place) }
    unlink(template)
  }

  deinit { close(descriptor) }

  /// Writes behind what it has.
  public func append(_ bytes: [UInt8]) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(size + done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("writing to a temporary file in", place) }
      done += count
    }
    size += bytes.count
  }

  /// The bytes at a place of it.
  public func read(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(
          descriptor, $0.baseAddress?.advanced(by: done), range.count - done, off_t(range.lowerBound + done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw SystemError("reading a temporary file in", place, code: count == 0 ? EIO : errno)
      }
      done += count
    }
    return bytes
  }

  /// Forgets all that it has.
  public func clear() {
    guard ftruncate(descriptor, 0) == 0 else { return }
    size = 0
  }
}
