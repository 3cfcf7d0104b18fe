import ByteStrings
import Git
import Registry
import SystemSupport
import SystemPackage

extension RegistryStore {
  /// Whether so many objects are loose or in packs that are only stored, or there are so many packs, that packing them pays;
  /// as git's `gc.auto`.
  func needsMaintenance() throws -> Bool {
    let packs = try packs
    return try isMuch(loose) || packs.count > Self.packLimit
      || packs.reduce(0) { $0 + (PackFiles.countOfPlain($1) ?? 0) } > Self.looseLimit
  }

  /// The names of the loose objects in one directory of 256, by which git judges how many there are.
  private var loose: Set<[UInt8]> {
    get throws {
      let sample = objects.appending("17")
      return Files.kind(of: sample) == .directory ? Set(try Files.names(in: sample)) : []
    }
  }

  private func isMuch(_ loose: Set<[UInt8]>) -> Bool { loose.count > Self.looseLimit / 256 }

  private var packs: [FilePath] {
    get throws {
      Files.kind(of: objects.appending("pack")) == .directory ? try PackFiles.all(in: objects) : []
    }
  }

  private var objects: FilePath { directory.appending("objects") }

  /// Has the registry packed where there are many loose objects, and does not wait for it; as git does after its own commands.
  package func startMaintenanceIfNeeded() {
    guard (try? needsMaintenance()) ?? false, !wasInVain else { return }
    delegate.startMaintenance(of: directory)
  }

  /// Whether less than a day ago there were too many loose objects even after maintenance: what several concurrent commands made
  /// and did not need stays loose for two weeks. git also waits a day before it tries again.
  private var wasInVain: Bool { vainMark.age.map { $0 < 24 * 60 * 60 } ?? false }

  private var vainMark: CacheFile { CacheFile("gc-in-vain", of: directory, limit: 0) }

  /// Its modification time says when the registry was last packed as a whole; before the first time, when that was first considered.
  private var wholeMark: CacheFile { CacheFile("gc-whole", of: directory, limit: 0) }

  /// Whether there may again be objects that are old enough to be dropped. Where the age is not known, it counts from now on.
  private func isTimeForWhole() -> Bool {
    guard let age = wholeMark.age else {
      // Nothing here is known to be old. That it cannot be noted costs only space.
      try? wholeMark.write([])
      return false
    }
    return age > Self.droppedAfter
  }

  /// git's own default for `gc.auto`.
  private static let looseLimit = 6700
  /// git's own default for `gc.autoPackLimit`.
  private static let packLimit = 50
  /// Seconds after which what nothing refers to is dropped, as git's default for `gc.pruneExpire`.
  private static let droppedAfter = 14 * 24 * 60 * 60

  /// Packs the registry as a whole under its lock, and drops objects that nothing has referred to for two weeks.
  ///
  /// Never younger ones: a command that is under way has written objects which nothing refers to yet.
  ///
  /// - Returns: what git had to say.
  public func maintain() throws -> String {
    let turn = try RegistryLock(directory, file: Self.turnFile)
    defer { _ = turn.isHeld }
    return try packWhole { true }
  }

  /// Packs what is new where ``needsMaintenance()``, and each two weeks the registry as a whole; does nothing where another process
  /// is at it.
  ///
  /// - Returns: what git had to say.
  public func maintainIfNeeded() throws -> String {
    func isNeeded() throws -> Bool { try needsMaintenance() && !wasInVain }
    guard try isNeeded(), let turn = try takeTurn() else { return "" }
    defer { _ = turn.isHeld }
    // Another process may have done it before this one had its turn.
    guard try isNeeded() else { return "" }
    return try isTimeForWhole() ? packWhole(ifStill: isNeeded) : packNew()
  }

  /// The file whose lock keeps runs of this apart.
  private static let turnFile = "dev-infra.gc"

  /// The lock by which runs are kept apart; nil where another process has it.
  private func takeTurn() throws -> FileLock? {
    do throws(SystemError) {
      return try FileLock(directory.appending(Self.turnFile), timeout: 0)
    } catch {
      guard error.code == .wouldBlock else { throw error }
      return nil
    }
  }

  /// Packs loose objects that are referred to, packs that are only stored, and of many packs makes few, as git-repack(1) with
  /// `--geometric`.
  ///
  /// Without the registry's lock, so that nobody waits: nothing goes away but what is in the new pack, and no reference is
  /// touched. What nothing refers to, such as a command has just written, stays loose or is packed with the rest.
  private func packNew() throws -> String {
    let before = try loose
    var said = try packPlain()
    if isMuch(before) { said += try run(["repack", "-d", "-l", "-n", "-q"]).said }
    if try packs.count > Self.packLimit {
      said += try run(["repack", "-d", "-l", "-n", "-q", "--geometric=2"]).said
    }
    try noteWhetherInVain(of: before)
    return said
  }

  /// Replaces packs that are only stored with one that is compressed and has deltas.
  private func packPlain() throws -> String {
    let plain = try packs.filter { PackFiles.countOfPlain($0) != nil && !PackFiles.isKept($0) }
    guard !plain.isEmpty else { return "" }
    let names = plain.compactMap { $0.lastComponent?.string }
    let folder = objects.appending("pack")
    let made = try run(
      [
        "pack-objects", "--stdin-packs", "--no-reuse-delta", "--no-reuse-object", "--delta-base-offset", "-q",
        folder.appending("pack").text,
      ], input: names.map { $0 + "\n" }.joined())
    // git says what it has made, by the hash in the name.
    let new = made.output.split(separator: UInt8(ascii: "\n")).map {
      "pack-\(String(decoding: $0, as: UTF8.self)).pack"
    }
    guard let only = new.first, new.count == 1, Files.kind(of: folder.appending(only)) == .file else {
      throw RegistryStoreError.notPacked(registry: directory, said: nil)
    }
    for pack in plain where pack.lastComponent?.string != only { PackFiles.remove(pack) }
    return made.said
  }

  private func packWhole(ifStill isNeeded: () throws -> Bool) throws -> String {
    let lock = try lock()
    defer { _ = lock.isHeld }
    guard try isNeeded() else { return "" }
    StaleLocks.clearPatiently(directory, telling: delegate)
    RegistryStaging.clearLeft(beside: directory)
    try dropStates(besideThoseOf: main())
    for folder in [directory, directory.appending("daemon")] { Files.removeUnfinished(in: folder) }
    CacheFile.removeUnfinished(of: directory)
    let before = try loose
    let said = try packPlain() + run(["gc", "--quiet"]).said
    try? wholeMark.write([])
    try noteWhetherInVain(of: before)
    return said
  }

  /// Runs a command of git's that packs.
  private func run(_ arguments: [String], input: String = "") throws -> (output: [UInt8], said: String) {
    var git = GitProgram(.registry, gitDirectory: directory)
    git.input = Array(input.utf8)
    // Long chains of deltas make reading a large registry slow. git refuses to write bitmaps for a part of the objects.
    git.options += ["-c", "pack.depth=10", "-c", "pack.deltaCacheSize=16m"]
    if arguments.first == "repack" { git.options += ["-c", "repack.writeBitmaps=false"] }
    // Of packs no more is in memory than helps.
    if !repository.hasLargePack { git.limitPackWindows() }
    let result = try git.run(arguments)
    guard result.termination == .exited(0) else {
      throw RegistryStoreError.notPacked(
        registry: directory, said: GitDiagnostics.reason(result.errors))
    }
    return (result.output, String(decoding: result.errors, as: UTF8.self))
  }

  /// - Parameter before: what was loose before: others go on to write, and what they have written meanwhile is for the next time.
  private func noteWhetherInVain(of before: Set<[UInt8]>) throws {
    if try isMuch(before.intersection(loose)) || packs.count > Self.packLimit {
      // It is only to save work: that it cannot be noted is not an error.
      try? vainMark.write([])
    } else {
      vainMark.remove()
    }
  }
}
