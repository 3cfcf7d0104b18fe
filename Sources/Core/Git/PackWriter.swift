import CGit2
import SystemSupport
import SystemPackage

/// Writes a pack of whole objects and its index (gitformat-pack(5), versions 2).
///
/// libgit2's own writer (`git_packbuilder`) looks for deltas, compresses, and then reads all of it once more as if it had come
/// from a remote, and has no setting that keeps it from any of that. For the 2,500 objects of a thousand projects that is
/// 125 ms of a processor, and `git fast-import` takes 140 ms: as long as all the rest of registering them, which is held to what
/// gita takes by the row of `make bench` for `register --recursive`. Here the bytes are stored as they are, and packing the
/// registry makes the pack small. Both files are written under names for unfinished ones, which `git gc` removes, and get their own when
/// they would survive a power cut: the index last, for with it git begins to see the pack.
struct PackWriter: ~Copyable {
  private struct Entry {
    let id: ObjectID
    let offset: Int
    let sum: UInt32
  }

  private let directory: FilePath
  private let pack: UnfinishedFile
  private let index: UnfinishedFile
  private let count: Int
  private var entries: [Entry] = []
  private var sum = SHA1()
  private var buffer: [UInt8] = []
  private var written = 0

  /// Bytes that are gathered before they are written.
  private static let chunk = 1 << 20

  /// A pack of so many objects below `objects`.
  init(_ objects: FilePath, count: Int) throws(GitError) {
    let directory = objects.appending("pack")
    do throws(SystemError) { try Files.makeDirectory(directory) } catch {
      throw GitError(error, kind: .other)
    }
    let pack = try UnfinishedFile("tmp_pack_", in: directory)
    let index = try UnfinishedFile("tmp_idx_", in: directory)
    self.directory = directory
    self.pack = pack
    self.index = index
    self.count = count
    buffer = Array("PACK".utf8) + BigEndian.bytes(2) + BigEndian.bytes(UInt32(count))
  }

  /// Adds an object; each once.
  mutating func add(_ id: ObjectID, _ kind: ObjectKind, _ bytes: [UInt8]) throws(GitError) {
    let entry = Self.header(kind, bytes.count) + Zlib.stored(bytes)
    let sum = UInt32(truncatingIfNeeded: crc32(0, entry, UInt32(entry.count)))
    entries.append(Entry(id: id, offset: written + buffer.count, sum: sum))
    buffer += entry
    if buffer.count > Self.chunk { try writeOut() }
  }

  /// Kind and size: four bits of the size and then seven a byte, each but the last with the upper bit set.
  private static func header(_ kind: ObjectKind, _ size: Int) -> [UInt8] {
    let number: UInt8 =
      switch kind {
      case .commit: 1
      case .tree: 2
      case .blob: 3
      case .tag: 4
      }
    var bytes = [number << 4 | UInt8(size & 15)]
    var rest = size >> 4
    while rest > 0 {
      bytes[bytes.count - 1] |= 0x80
      bytes.append(UInt8(rest & 0x7F))
      rest >>= 7
    }
    return bytes
  }

  private mutating func writeOut() throws(GitError) {
    sum.update(buffer)
    try pack.write(buffer)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// Returns when every object is in the store and would survive a power cut.
  mutating func finish() throws(GitError) {
    precondition(entries.count == count, "a pack says first how many objects it has")
    try writeOut()
    let packSum = sum.finish()
    try pack.write(packSum)
    try index.write(indexBytes(packSum))
    if LibGit2.isDurable, let code = ParallelSync.synchronize([pack.descriptor, index.descriptor]) {
      throw GitError(SystemError("writing a pack to", directory.visible, code: code), kind: .other)
    }
    let name = "pack-" + packSum.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    try pack.rename(to: name + ".pack")
    try index.rename(to: name + ".idx")
    guard LibGit2.isDurable else { return }
    do throws(SystemError) { try Files.synchronize(directory) } catch { throw GitError(error, kind: .other) }
  }

  private func indexBytes(_ packSum: [UInt8]) -> [UInt8] {
    let sorted = entries.sorted { $0.id < $1.id }
    var counts = [UInt32](repeating: 0, count: 256)
    for entry in sorted { counts[Int(entry.id.bytes[0])] += 1 }
    var bytes: [UInt8] = [0xFF] + Array("tOc".utf8) + BigEndian.bytes(2)
    var below: UInt32 = 0
    for count in counts {
      below += count
      bytes += BigEndian.bytes(below)
    }
    for entry in sorted { bytes += entry.id.bytes }
    for entry in sorted { bytes += BigEndian.bytes(entry.sum) }
    // An offset that does not fit in 31 bits stands in a table of its own.
    var large: [UInt8] = []
    for entry in sorted {
      if entry.offset < 1 << 31 {
        bytes += BigEndian.bytes(UInt32(entry.offset))
      } else {
        bytes += BigEndian.bytes(1 << 31 | UInt32(large.count / 8))
        large +=
          BigEndian.bytes(UInt32(entry.offset >> 32))
          + BigEndian.bytes(UInt32(truncatingIfNeeded: entry.offset))
      }
    }
    bytes += large + packSum
    var sum = SHA1()
    sum.update(bytes)
    return bytes + sum.finish()
  }
}

/// A new file under a name that `git gc` removes; where it gets no other it goes again.
private struct UnfinishedFile: ~Copyable {
  private let file: OpenFile
  private let directory: FilePath
  private let path: FilePath

  var descriptor: Int32 { file.descriptor }

  init(_ prefix: String, in directory: FilePath) throws(GitError) {
    let path = directory.appending(prefix + Host.randomHex(6))
    guard let file = OpenFile(path, .writeOnly, options: [.create, .exclusiveCreate], mode: 0o444) else {
      throw GitError(SystemError("writing a pack to", directory.visible), kind: .other)
    }
    self.directory = directory
    self.path = path
    self.file = file
  }

  deinit { Files.remove(path) }

  func write(_ bytes: [UInt8]) throws(GitError) {
    do throws(SystemError) {
      try Files.write(bytes, to: descriptor, name: directory.visible)
    } catch {
      throw GitError(error, kind: .other)
    }
  }

  func rename(to name: String) throws(GitError) {
    do throws(SystemError) {
      try Files.move(path, to: directory.appending(name), action: "naming the pack")
    } catch {
      throw GitError(error, kind: .other)
    }
  }
}
