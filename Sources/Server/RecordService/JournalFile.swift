import Glibc
import SystemSupport
import SystemPackage

/// The file of a ``NumberJournal``: lines that are only ever added to, of which none is ever half there. Empty lines at
/// its end are room for more.
final class JournalFile {
  let path: FilePath
  /// The bytes that say something.
  private(set) var written: Int
  /// All bytes.
  private var size: Int
  private var descriptor: Int32 = -1
  /// Whether there may be a part of a line behind the last one.
  private var isTorn: Bool

  /// - Parameter content: what it has now; nothing where it is not there.
  init(_ path: FilePath, _ content: [UInt8]) {
    self.path = path
    (written, size) = (content.count, content.count)
    isTorn = content.last.map { $0 != UInt8(ascii: "\n") } ?? false
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Puts another file in its place, durably.
  func replace(with text: String) throws {
    try Files.replace(path, with: Array(text.utf8))
    (written, size, isTorn) = (text.utf8.count, text.utf8.count, false)
    try open()
  }

  /// Adds lines, or nothing at all.
  ///
  /// - Parameter isDurable: whether to wait for the disk.
  func append(_ lines: String, isDurable: Bool) throws {
    if descriptor < 0 { try open() }
    if isTorn, ftruncate(descriptor, off_t(written)) != 0 { throw SystemError("writing", path.visible) }
    let bytes = Array(((isTorn ? "\n" : "") + lines).utf8)
    try write(bytes, at: written, isDurable: isDurable)
    written += bytes.count
    isTorn = false
  }

  /// Makes sure of the room for so many bytes more.
  func reserve(_ count: Int) throws {
    guard written + count > size else { return }
    if descriptor < 0 { try open() }
    let room = (written + count - size + 4095) / 4096 * 4096
    try write([UInt8](repeating: UInt8(ascii: "\n"), count: room), at: size, isDurable: false)
  }

  /// Writes all of it, or takes away again what of it got there.
  private func write(_ bytes: [UInt8], at offset: Int, isDurable: Bool) throws {
    do {
      guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
        throw SystemError("writing", path.visible)
      }
      try Files.write(bytes, to: descriptor, name: path.visible)
      if isDurable, fsync(descriptor) != 0 { throw SystemError("writing", path.visible) }
      size = max(size, offset + bytes.count)
    } catch {
      if ftruncate(descriptor, off_t(written)) != 0 { isTorn = true }
      size = written
      throw error
    }
  }

  private func open() throws {
    // The one that was open may have been replaced.
    if descriptor >= 0 { close(descriptor) }
    descriptor = path.withPlatformString { Glibc.open($0, O_WRONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw SystemError("opening", path.visible) }
  }
}
