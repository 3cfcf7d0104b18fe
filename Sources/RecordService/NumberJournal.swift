import Console
import Git
import Glibc
import Platform
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
  }

  /// The projects that have a number.
  private(set) var items: [ProjectID: Item] = [:]
  /// The number that the next new project gets.
  private(set) var next = 1
  /// The commit up to which changes have been taken notice of.
  private(set) var seen: ObjectID?

  private let path: FilePath
  private let lock: HeldLock
  private var file: Int32 = -1
  private var written = 0
  /// Whether the file lacks something, since writing to it failed.
  private var isBehind = false

  /// Opens the journal of a registry, and makes it where it is missing.
  init(registry: FilePath) throws {
    let directory = registry.appending("daemon")
    try Files.makeDirectory(directory, mode: 0o700)
    path = directory.appending("records")
    lock = try HeldLock(directory.appending("lock"), of: registry)
    // A line that a power cut left half written was never told to anyone.
    if Files.kind(of: path) != nil {
      for line in try Files.read(path).split(separator: UInt8(ascii: "\n")) {
        if let value = try? JSON.parse(Array(line)) { restore(value) }
      }
    }
    try rewrite()
  }

  deinit { Glibc.close(file) }

  /// Puts down what has changed.
  ///
  /// - Parameters:
  ///   - changes: what is kept of the projects from now on; nil for one that is gone.
  ///   - seen: the commit that this goes with.
  ///   - isDurable: whether to wait for the disk: where a number or a path is new. The rest can be told again from
  ///     the commits that came after `seen`.
  func append(_ changes: [ProjectID: Item?], seen: ObjectID, isDurable: Bool) throws {
    var text = ""
    for (id, item) in changes.sorted(by: { $0.key < $1.key }) {
      text += Self.line(id, item).compact + "\n"
      if let item { next = max(next, item.number + 1) }
      items[id] = item
    }
    if self.seen != seen { text += JSON.object(["seen": .string(seen.hex)]).compact + "\n" }
    self.seen = seen
    // What nobody looks at any more is dropped once it is most of the file.
    if isBehind || (written > 1 << 20 && written > 1000 * items.count) { return try rewrite() }
    guard !text.isEmpty else { return }
    isBehind = true
    let bytes = Array(text.utf8)
    try Files.write(bytes, to: file, name: path.visible)
    written += bytes.count
    if isDurable, fsync(file) != 0 { throw SystemError("writing", path.visible) }
    isBehind = false
  }

  /// Sets the next number aside, whatever becomes of what it was meant for.
  func takeNumber() -> Int {
    defer { next += 1 }
    return next
  }

  private func rewrite() throws {
    var head: [String: JSON] = ["format": .number("1"), "next": .number(String(next))]
    if let seen { head["seen"] = .string(seen.hex) }
    var text = JSON.object(head).compact + "\n"
    for (id, item) in items.sorted(by: { $0.value.number < $1.value.number }) {
      text += Self.line(id, item).compact + "\n"
    }
    try Files.replace(path, with: Array(text.utf8))
    let opened = path.withPlatformString { open($0, O_WRONLY | O_APPEND | O_CLOEXEC) }
    guard opened >= 0 else { throw SystemError("opening", path.visible) }
    if file >= 0 { Glibc.close(file) }
    file = opened
    written = text.utf8.count
    isBehind = false
  }

  private static func line(_ id: ProjectID, _ item: Item?) -> JSON {
    guard let item else { return .object(["project": .string(id.hex), "gone": .bool(true)]) }
    var members: [String: JSON] = [
      "project": .string(id.hex), "number": .number(String(item.number)),
      "created_at": .string(item.created.description), "updated_at": .string(item.updated.description),
    ]
    switch item.path {
    case .nothing: break
    case .null: members["path"] = .null
    case .path(let path): members["path"] = .string(path)
    }
    return .object(members)
  }

  private func restore(_ line: JSON) {
    if case .number(let text)? = line["next"], let number = Int(text) { next = max(next, number) }
    if let commit = line["seen"]?.string.flatMap({ ObjectID(hex: $0) }) { seen = commit }
    guard let id = line["project"]?.string.flatMap({ ProjectID($0) }) else { return }
    guard case .number(let text)? = line["number"], let number = Int(text),
      let created = line["created_at"]?.string.flatMap({ ServiceTime($0) }),
      let updated = line["updated_at"]?.string.flatMap({ ServiceTime($0) })
    else {
      items[id] = nil
      return
    }
    next = max(next, number + 1)
    let path = line["path"].map { GivenPath($0.string) } ?? .nothing
    items[id] = Item(number: number, created: created, updated: updated, path: path)
  }
}

/// The lock of a journal, until it is let go of.
private final class HeldLock {
  private let lock: FileLock

  init(_ path: FilePath, of registry: FilePath) throws {
    do throws(SystemError) {
      lock = try FileLock(path, timeout: 0)
    } catch {
      guard error.code == EWOULDBLOCK else { throw error }
      throw Failure.fatal(
        "the registry \(registry.visible) is served by another dev-infra daemon",
        hints: "stop that one, or name another registry with --registry")
    }
  }
}
