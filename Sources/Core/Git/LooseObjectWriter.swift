import CGit2
import SystemSupport
import SystemPackage

/// Writes a batch of loose objects so that all of them survive a power cut, at the price of about two.
///
/// libgit2 fsyncs each object and its directory before it writes the next (<https://github.com/libgit2/libgit2/pull/4030>), and
/// so waits for the disk twice an object. No version up to 1.9.7 has what `core.fsyncMethod=batch` is in git; LibGit2Tests notice
/// a newer one. Here all files are written under git's names for unfinished ones (`tmp_obj_…`, which `git prune` removes) and then
/// fsynced at once. **Only after its fsync a file gets the object's name**: an object that is seen in the store is
/// whole, also after a power cut at any moment, so nobody can take an empty file for an object that need not be written
/// again. Last the directories are fsynced, at once. A ref that needs the objects moves after ``finish()`` has returned.
///
/// The bytes are stored and not deflated, as with `core.compression=0`: any zlib reads them, objects of this size fill
/// one block of the disk in either form, and the next `git gc` packs them.
struct LooseObjectWriter: ~Copyable {
  private struct Unfinished {
    let descriptor: Int32
    let temporary: FilePath
    let final: FilePath
  }

  private let objects: FilePath
  private var unfinished: [Unfinished] = []
  private var directories: Set<FilePath> = []

  init(_ objects: FilePath) { self.objects = objects }

  deinit {
    // Only where something failed: whatever has no name yet.
    for file in unfinished {
      _ = OpenFile(owning: file.descriptor)
      Files.remove(file.temporary)
    }
  }

  mutating func add(_ id: ObjectID, _ kind: ObjectKind, _ bytes: [UInt8]) throws(GitError) {
    let hex = id.hex
    let folder = objects.appending(String(hex.prefix(2)))
    let temporary = folder.appending("tmp_obj_" + Host.randomHex(6))
    var descriptor: Int32 = -1
    // A gc that runs beside this removes a directory that is empty, maybe the one just made.
    for _ in 0..<100 {
      try makeDirectory(folder)
      if let file = OpenFile(temporary, .writeOnly, options: [.create, .exclusiveCreate], mode: 0o444) {
        descriptor = file.release()
      }
      if descriptor >= 0 || Errno.last != .noSuchFileOrDirectory { break }
    }
    guard descriptor >= 0 else {
      throw GitError(SystemError("writing an object to", folder.visible), kind: .other)
    }
    unfinished.append(
      Unfinished(
        descriptor: descriptor, temporary: temporary, final: folder.appending(String(hex.dropFirst(2)))))
    let content = Array("\(kind.rawValue) \(bytes.count)\0".utf8) + bytes
    do {
      try Files.write(Zlib.stored(content), to: descriptor, name: temporary.visible)
    } catch {
      throw GitError(error, kind: .other)
    }
  }

  private mutating func makeDirectory(_ folder: FilePath) throws(GitError) {
    directories.insert(folder)
    do throws(SystemError) {
      try Files.makeNewDirectory(folder)
      directories.insert(objects)
    } catch {
      if error.code != .fileExists { throw GitError(error, kind: .other) }
    }
  }

  /// Returns when every object is in the store, under its name, and would survive a power cut.
  mutating func finish() throws(GitError) {
    if LibGit2.isDurable, let code = ParallelSync.synchronize(unfinished.map(\.descriptor)) {
      throw GitError(SystemError("writing objects to", objects.visible, code: code), kind: .other)
    }
    while let file = unfinished.popLast() {
      _ = OpenFile(owning: file.descriptor)
      do throws(SystemError) {
        try Files.move(file.temporary, to: file.final, action: "naming the object")
      } catch {
        Files.remove(file.temporary)
        throw GitError(error, kind: .other)
      }
    }
    if LibGit2.isDurable { try synchronizeDirectories() }
  }

  private func synchronizeDirectories() throws(GitError) {
    var descriptors: [Int32] = []
    defer { for descriptor in descriptors { _ = OpenFile(owning: descriptor) } }
    for directory in directories {
      guard let opened = OpenFile(directory, options: .directory) else {
        // A gc has packed all that was in it, durably, and removed it.
        if Errno.last == .noSuchFileOrDirectory { continue }
        throw GitError(SystemError("writing objects to", directory.visible), kind: .other)
      }
      descriptors.append(opened.release())
    }
    if let code = ParallelSync.synchronize(descriptors) {
      throw GitError(SystemError("writing objects to", objects.visible, code: code), kind: .other)
    }
  }
}

/// As much of RFC 1950 and 1951 as bytes need that are stored and not compressed.
package enum Zlib {
  /// `bytes` as a zlib stream of stored blocks.
  package static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    out.reserveCapacity(bytes.count + bytes.count / 65535 * 5 + 11)
    var start = 0
    repeat {
      let end = min(start + 65535, bytes.count)
      let length = UInt16(end - start)
      out.append(end == bytes.count ? 1 : 0)
      for number in [length, ~length] { out += [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] }
      out += bytes[start..<end]
      start = end
    } while start < bytes.count
    let sum = UInt32(truncatingIfNeeded: adler32_z(1, bytes, bytes.count))
    for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: sum >> shift)) }
    return out
  }
}
