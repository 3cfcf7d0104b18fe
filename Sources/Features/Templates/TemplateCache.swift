import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryStore
import SystemPackage

/// Copies of templates that come from git repositories, in the registry's `cache/templates`; safe to delete.
struct TemplateCache {
  private let folder: FilePath
  private let silenceLimit: Double?
  private let note: (TemplateNotice) -> Void

  /// - Parameter note: told where a copy from before is used.
  init(_ store: borrowing RegistryStore, telling note: @escaping (TemplateNotice) -> Void) throws {
    self.note = note
    folder = store.directory.pushing("cache/templates")
    silenceLimit = try store.silenceLimit(nil)
  }

  /// A place for one template while a project is made from it, where there is no registry yet.
  init(in scratch: FilePath, telling note: @escaping (TemplateNotice) -> Void) {
    self.note = note
    folder = scratch.appending(".templates")
    silenceLimit = 10
  }

  /// Calls `body` with the template's directory, as in the repository now, or as it was when it could last be reached.
  func with<Result>(
    _ url: RemoteURL, _ reference: String?, _ body: (FilePath) throws -> Result
  ) throws -> Result {
    try Files.makeDirectory(folder, mode: 0o700)
    let key = String(try ObjectID.hash(blob: ByteText.bytes(of: "\(url.stored)#\(reference ?? "")\n")).hex)
    let place = folder.appending(key)
    // Another command must not replace it while it is read.
    let lock = try FileLock(folder.appending("\(key).lock"), timeout: 600)
    defer { withExtendedLifetime(lock) {} }
    do {
      try bring(url, reference, to: place)
    } catch let error as TemplateError {
      guard Interruption.signal == nil, Files.kind(of: place) == .directory else { throw error }
      note(.usesFormerCopy(error))
    }
    return try body(place)
  }

  private func bring(_ url: RemoteURL, _ reference: String?, to place: FilePath) throws {
    let scratch = folder.appending(".\(Host.randomHex(6))")
    defer { try? Files.removeTree(scratch) }
    let name = url.stored
    try Files.makeDirectory(scratch, mode: 0o700)
    try run(
      ["init", "-q", "--template=", "--", scratch.text], at: folder, .prepareCopy(name))
    try run(
      [
        "fetch", "-q", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--",
        url.stored, "+\(reference ?? "HEAD"):refs/dev-infra/template",
      ], at: scratch, .fetch(name), silenceLimit: silenceLimit)
    try checkSize(of: scratch, name)
    // Files as they are in the repository: not as this user's settings would have line ends.
    try run(
      ["-c", "core.autocrlf=false", "checkout", "-q", "--detach", "refs/dev-infra/template", "--"],
      at: scratch, .checkOut(name))
    try? Files.removeTree(place)
    try Files.move(scratch, to: place)
  }

  /// Checks that what was fetched keeps to ``TemplateLimits``, before any of it is written out: a few bytes of a pack may
  /// stand for very many files, or very large ones.
  private func checkSize(of repository: FilePath, _ name: String) throws {
    func refused(_ fault: TemplateError.Fault) -> TemplateError { .unusableTemplate(name, fault) }
    let repository = try Repository.open(repository.appending(".git"))
    guard let tip = try repository.reference("refs/dev-infra/template") else {
      throw refused(.noCommit)
    }
    var (entries, bytes) = (0, 0)
    var left: [(tree: ObjectID, depth: Int)] = [(tip, 0)]
    while let (tree, depth) = left.popLast() {
      try Interruption.check()
      // A tree's own bytes are a bound for its entries.
      if let header = try repository.header(of: tree), header.size > TemplateLimits.entries * 300 {
        throw refused(.moreFiles(than: TemplateLimits.entries))
      }
      for entry in try repository.tree(tree) {
        entries += 1
        if entries > TemplateLimits.entries {
          throw refused(.moreFiles(than: TemplateLimits.entries))
        }
        if GitNames.isDotGit(entry.name) || entry.name.contains(UInt8(ascii: "/"))
          || [[0x2E], [0x2E, 0x2E]].contains(entry.name)
        {
          throw refused(.file(ByteText.string(from: entry.name)))
        }
        if entry.mode == TreeEntry.directory {
          guard depth < TemplateLimits.depth else {
            throw refused(.deeper(than: TemplateLimits.depth))
          }
          left.append((entry.id, depth + 1))
        } else if entry.mode != 0o160000, let header = try repository.header(of: entry.id) {
          bytes += header.size
          if bytes > TemplateLimits.bytes {
            throw refused(.larger(than: TemplateLimits.bytes))
          }
        }
      }
    }
  }

  private func run(
    _ words: [String], at directory: FilePath, _ step: TemplateError.Step, silenceLimit: Double? = nil
  )
    throws
  {
    var git = GitProgram(.clone, at: directory)
    git.options += GitEnvironment.withoutHooks + ["-c", "fetch.fsckObjects=true", "-c", "gc.auto=0"]
    // Larger files are read and written piece by piece.
    git.options += ["-c", "core.bigFileThreshold=8m"]
    git.limitForConnecting()
    git.silenceLimit = silenceLimit
    git.timeLimit = silenceLimit.map(GitTransport.longest)
    try git.require(words, step)
  }
}
