import Console
import Git
import Glibc
import Platform
import Registry
import SystemPackage

/// Which number a project has for clients, and what else of its record is the service's own and no part of the
/// registry: a file of lines, only ever added to, in the registry's folder. Empty lines at its end are room for more.
///
/// A number is never given twice. The file is held under a lock for as long as it is open: two services of one registry
/// would give the same number to two projects.
final class NumberJournal {
  /// What is kept of one project.
  struct Item: Equatable {
    let number: Int
    let created: ServiceTime
    var updated: ServiceTime
    var path: GivenPath
  }

  /// The projects that have a number.
  private(set) var items: [ProjectID: Item] = [:]
  /// The number that the next new project gets.
  private(set) var next = 1
  /// The commit up to which changes have been taken notice of.
  private(set) var seen: ObjectID?

  private let path: FilePath
  private let lock: JournalLock
  private var file: Int32 = -1
  /// The bytes of the file that say something, and all of them.
  private var (written, size) = (0, 0)
  /// What the file still lacks, since writing to it failed or nothing had to be written yet.
  private var owed: [ProjectID: Item?] = [:]
  private var owesSeen = false
  /// Whether anything of that has to be on disk before anybody is told.
  private var isUrgent = false
  /// Whether there may be a part of a line behind the last one.
  private var isTorn = false

  /// Opens the journal of a registry, and makes it where it is missing.
  init(registry: FilePath) throws {
    let directory = registry.appending("daemon")
    try Files.makeDirectory(directory, mode: 0o700)
    path = directory.appending("records")
    lock = try JournalLock(directory.appending("lock"), of: registry)
    let bytes = Files.kind(of: path) == nil ? [] : try Files.read(path)
    restore(bytes, registry)
    (written, size) = (bytes.count, bytes.count)
    isTorn = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
    do {
      try rewrite()
    } catch {
      // A full disk is no reason not to serve what is there.
      guard !bytes.isEmpty else { throw error }
    }
  }

  deinit { if file >= 0 { Glibc.close(file) } }

  /// Whether it is still the one that lies in the registry's directory.
  var isInPlace: Bool { lock.isInPlace }

  /// Puts down what has changed.
  ///
  /// - Parameters:
  ///   - changes: what is kept of the projects from now on; nil for one that is gone.
  ///   - seen: the commit that this goes with.
  ///   - isDurable: whether to wait for the disk: where a number or a path is new. The rest can be told again from
  ///     the commits that came after `seen`, and so it is no failure where that cannot be written yet.
  /// - Throws: where what has to be on disk is not; it is written with what comes next.
  func append(_ changes: [ProjectID: Item?], seen: ObjectID, isDurable: Bool) throws {
    for (id, item) in changes {
      if let item { next = max(next, item.number + 1) }
      items[id] = item
      owed[id] = .some(item)
    }
    if self.seen != seen { owesSeen = true }
    self.seen = seen
    isUrgent = isUrgent || isDurable
    do {
      try settle()
    } catch  where !isUrgent {}
  }

  /// Makes sure of the room for what is about to change, so that no disk is full once it has: then it would be known
  /// only after the change that it cannot be kept.
  func reserve(for changes: [ProjectID: Item?]) throws {
    let lines = changes.values.reduce(200) { sum, item in
      guard case .path(let path)? = item?.path else { return sum + 250 }
      // A control character takes six bytes.
      return sum + 250 + 6 * path.utf8.count
    }
    try settle()
    guard written + lines > size else { return }
    let room = (written + lines - size + 4095) / 4096 * 4096
    try write([UInt8](repeating: UInt8(ascii: "\n"), count: room), at: size)
  }

  /// Sets the next number aside, whatever becomes of what it was meant for.
  func takeNumber() -> Int {
    defer { next += 1 }
    return next
  }

  /// Writes what the file lacks.
  private func settle() throws {
    guard owesSeen || !owed.isEmpty else { return }
    // What nobody looks at any more is dropped once it is most of the file; where there is no room for that, later.
    if written > 1 << 20, written > 1000 * items.count, (try? rewrite()) != nil { return }
    if isTorn, file >= 0, ftruncate(file, off_t(written)) != 0 { throw SystemError("writing", path.visible) }
    var text = isTorn ? "\n" : ""
    for (id, item) in owed.sorted(by: { $0.key < $1.key }) { text += JournalLine.of(id, item) }
    if owesSeen, let seen { text += JournalLine.of(seen: seen) }
    let bytes = Array(text.utf8)
    try write(bytes, at: written, isDurable: isUrgent)
    written += bytes.count
    forgetOwed()
  }

  /// Writes all of it, or takes away again what of it got there.
  private func write(_ bytes: [UInt8], at offset: Int, isDurable: Bool = false) throws {
    if file < 0 { try open() }
    do {
      guard lseek(file, off_t(offset), SEEK_SET) >= 0 else { throw SystemError("writing", path.visible) }
      try Files.write(bytes, to: file, name: path.visible)
      if isDurable, fsync(file) != 0 { throw SystemError("writing", path.visible) }
      size = max(size, offset + bytes.count)
    } catch {
      if ftruncate(file, off_t(written)) != 0 { isTorn = true }
      size = written
      throw error
    }
  }

  private func forgetOwed() {
    owed = [:]
    owesSeen = false
    isUrgent = false
    isTorn = false
  }

  private func rewrite() throws {
    var text = JournalLine.head(next: next, seen: seen)
    for (id, item) in items.sorted(by: { $0.value.number < $1.value.number }) {
      text += JournalLine.of(id, item)
    }
    try Files.replace(path, with: Array(text.utf8))
    (written, size) = (text.utf8.count, text.utf8.count)
    forgetOwed()
    try open()
  }

  private func open() throws {
    // The one that was open may have been replaced.
    if file >= 0 { Glibc.close(file) }
    file = path.withPlatformString { Glibc.open($0, O_WRONLY | O_CLOEXEC) }
    guard file >= 0 else { throw SystemError("opening", path.visible) }
  }

  private func restore(_ bytes: [UInt8], _ registry: FilePath) {
    var damaged = 0
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      if let line = JournalLine(Array(line)) {
        restore(line)
      } else if line.endIndex < bytes.endIndex {
        damaged += 1
      }
      // What a power cut left half written, at the very end, was never told to anyone.
    }
    guard damaged > 0 else { return }
    let copy = registry.pushing("daemon/records.damaged")
    try? Files.replace(copy, with: bytes)
    Messages.warning(
      "\(damaged) lines of \(path.visible) cannot be read: the numbers of their projects may be others now; "
        + "the file as it was is \(copy.visible)")
  }

  private func restore(_ line: JournalLine) {
    if let number = line.next { next = max(next, number) }
    if let commit = line.seen { seen = commit }
    guard let (id, item) = line.project else { return }
    items[id] = item
    if let item { next = max(next, item.number + 1) }
  }
}
