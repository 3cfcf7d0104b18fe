import Git
import SystemSupport
import Registry
import SystemPackage

/// Which number a project has for clients, and what else of its record is the service's own and no part of the
/// registry: a file of lines, only ever added to, in the registry's folder.
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
    var whole = WholeTexts()
  }

  /// The projects that have a number.
  private(set) var items: [ProjectID: Item] = [:]
  /// The number that the next new project gets.
  private(set) var next = 1
  /// The commit up to which changes have been taken notice of.
  private(set) var seen: ObjectID?

  private let lock: JournalLock
  private let file: JournalFile
  /// What the file still lacks, since writing to it failed or nothing had to be written yet.
  private var owed: [ProjectID: Item?] = [:]
  private var owesSeen = false
  /// Whether anything of that has to be on disk before anybody is told.
  private var isUrgent = false

  /// Opens the journal of a registry, and makes it where it is missing.
  ///
  /// - Parameter delegate: gets a notice of lines that cannot be read.
  init(registry: FilePath, delegate: any RecordServiceDelegate) throws {
    let directory = registry.appending("daemon")
    try Files.makeDirectory(directory, mode: 0o700)
    let path = directory.appending("records")
    lock = try JournalLock(directory.appending("lock"), of: registry)
    let bytes = Files.kind(of: path) == nil ? [] : try Files.read(path)
    file = JournalFile(path, bytes)
    restore(bytes, delegate)
    do {
      try rewrite()
    } catch {
      // A full disk is no reason not to serve what is there.
      guard !bytes.isEmpty else { throw error }
    }
  }

  /// Whether it is still the one that is in the registry's directory.
  var isInPlace: Bool { lock.isInPlace }

  /// Puts down what has changed.
  ///
  /// - Parameters:
  ///   - changes: what is kept of the projects from now on; nil for one that is gone.
  ///   - seen: the commit that this goes with.
  ///   - isDurable: whether to wait for the disk: where a number or a path is new. The rest can be found again from
  ///     the commits that came after `seen`, and so it is not a failure where that cannot be written yet.
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
      let sum = sum + 250 + (item?.whole.size ?? 0)
      guard case .path(let path)? = item?.path else { return sum }
      // A control character takes six bytes.
      return sum + 6 * path.utf8.count
    }
    try settle()
    try file.reserve(lines)
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
    if file.written > 1 << 20, file.written > 1000 * items.count, (try? rewrite()) != nil { return }
    var text = ""
    for (id, item) in owed.sorted(by: { $0.key < $1.key }) { text += JournalLine.of(id, item) }
    if owesSeen, let seen { text += JournalLine.of(seen: seen) }
    try file.append(text, isDurable: isUrgent)
    forgetOwed()
  }

  private func forgetOwed() {
    owed = [:]
    owesSeen = false
    isUrgent = false
  }

  private func rewrite() throws {
    var text = JournalLine.head(next: next, seen: seen)
    for (id, item) in items.sorted(by: { $0.value.number < $1.value.number }) {
      text += JournalLine.of(id, item)
    }
    try file.replace(with: text)
    forgetOwed()
  }

  private func restore(_ bytes: [UInt8], _ delegate: any RecordServiceDelegate) {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { JournalLine(Array($0)) }
    for case let line? in lines { restore(line) }
    // What a power cut left half written, at the end, was never told to anyone.
    let damaged = lines.dropLast().count { $0 == nil }
    guard damaged > 0 else { return }
    let copy = file.path.removingLastComponent().appending("records.damaged")
    try? Files.replace(copy, with: bytes)
    delegate.note(.damagedJournal(file.path, lines: damaged, copy: copy))
  }

  private func restore(_ line: JournalLine) {
    if let number = line.next { next = max(next, number) }
    if let commit = line.seen { seen = commit }
    guard let (id, item) = line.project else { return }
    items[id] = item
    if let item { next = max(next, item.number + 1) }
  }
}
