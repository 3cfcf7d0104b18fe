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
  private var file: OpenFile?
  /// Whether there may be a part of a line behind the last one.
  private var isTorn: Bool

  /// - Parameter content: what it has now; nothing where it is not there.
  init(_ path: FilePath, _ content: [UInt8]) {
    self.path = path
    (written, size) = (content.count, content.count)
    isTorn = content.last.map { $0 != UInt8(ascii: "\n") } ?? false
  }

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
    if isTorn { try Files.cut(descriptor(), to: written, name: path.visible) }
    let bytes = Array(((isTorn ? "\n" : "") + lines).utf8)
    try write(bytes, at: written, isDurable: isDurable)
    written += bytes.count
    isTorn = false
  }

  /// Makes sure of the room for so many bytes more.
  func reserve(_ count: Int) throws {
    guard written + count > size else { return }
    let room = (written + count - size + 4095) / 4096 * 4096
    try write([UInt8](repeating: UInt8(ascii: "\n"), count: room), at: size, isDurable: false)
  }

  /// Writes all of it, or takes away again what of it got there.
  private func write(_ bytes: [UInt8], at offset: Int, isDurable: Bool) throws {
    let descriptor = try descriptor()
    do {
      try Files.seek(descriptor, to: offset, name: path.visible)
      try Files.write(bytes, to: descriptor, name: path.visible)
      if isDurable, let code = FileSync.synchronize(descriptor) {
        throw SystemError("writing", path.visible, code: code)
      }
      size = max(size, offset + bytes.count)
    } catch {
      if (try? Files.cut(descriptor, to: written, name: path.visible)) == nil { isTorn = true }
      size = written
      throw error
    }
  }

  private func open() throws {
    // The one that was open may have been replaced.
    guard let opened = OpenFile(path, .writeOnly) else { throw SystemError("opening", path.visible) }
    file = consume opened
  }

  private func descriptor() throws -> Int32 {
    if file == nil { try open() }
    return file?.descriptor ?? -1
  }
}
