public import SystemSupport
import ByteStrings
public import SystemPackage

extension Diagnosis {
  /// Files that hold secrets, by what writes them: git-credential-store(1), curl and git, and the daemon.
  mutating func checkKeyFiles() {
    let home = surroundings.home
    let files = [
      home?.appending(".git-credentials"), surroundings.settings?.pushing("git/credentials"),
      home?.appending(".netrc"), surroundings.registry?.pushing("daemon/keys"),
    ]
    for case let file? in files {
      guard let rights = try? FilePermissions(of: file) else { continue }
      report.state(.keys, file.lastComponent?.string ?? "", Self.octal(rights.mode))
      if rights.mode & 0o077 != 0 {
        report.find(.warning, .keys, .secretsOpenToOthers(file, mode: rights.mode))
      }
      if !FileOwner.isUser(rights.owner) { report.find(.warning, .keys, .secretsOfOthers(file)) }
    }
  }

  static func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }

  /// The time of the file system against this computer's.
  mutating func checkClock(of registry: FilePath) {
    guard let file = try? NamelessFile.make(in: registry),
      (try? Files.write([0], to: file.descriptor, name: registry.visible)) != nil,
      let status = try? Stat(FileDescriptor(rawValue: file.descriptor))
    else { return }
    let seconds = status.modified.components.seconds - surroundings.now / 1000
    if abs(seconds) > Self.tolerance / 1000 { report.find(.warning, .clock, .clockApart(seconds: seconds)) }
  }

  /// The disks that the registry, and files for a moment, are on.
  mutating func checkDisk() {
    guard let registry = surroundings.registry else { return }
    // Before there is a registry it is where it would be.
    let place = Files.kind(of: registry) == nil ? registry.removingLastComponent() : registry
    if let system = FileSystem(at: place) {
      report.state(
        .disk, "registry", "\(system.kind), \(system.free >> 20) of \(system.size >> 20) MiB free")
      for (severity, problem) in Self.problems(of: system, at: place) {
        report.find(severity, .disk, problem)
      }
    }
    checkLocks(at: place)
    let temporary = FilePath(text: surroundings.given("TMPDIR") ?? "/tmp")
    guard let system = FileSystem(at: temporary) else { return }
    report.state(
      .disk, "temporary", "\(system.kind), \(system.free >> 20) of \(system.size >> 20) MiB free")
    for (severity, problem) in Self.problems(of: system, at: temporary) {
      if case .locksUnknown = problem { continue }
      report.find(severity, .disk, problem)
    }
  }

  /// Whether a lock can be taken there: tried with a file that nobody else has.
  private mutating func checkLocks(at place: FilePath) {
    let lock = place.appending("dev-infra.lock")
    guard Files.kind(of: lock) == .file else { return }
    do throws(SystemError) {
      _ = try FileLock(lock, sharing: true, timeout: 0)
    } catch {
      // Somebody has it: then there are locks.
      if error.code != .wouldBlock { report.find(.error, .disk, .noLocks(place, error.reason)) }
    }
  }

  /// What is wrong with a disk.
  public static func problems(
    of system: FileSystem, at place: FilePath
  ) -> [(severity: Finding.Severity, problem: Problem)] {
    var found: [(severity: Finding.Severity, problem: Problem)] = []
    if system.isReadOnly { found.append((.error, .readOnly(place))) }
    // A registry of ten thousand projects has less than 20 MiB; a push, a pull and a gc take as much again for a moment.
    if system.size > 0, system.free < 100 << 20 {
      let severity: Finding.Severity = system.free < 5 << 20 ? .error : .warning
      found.append((severity, .diskFull(place, free: system.free, size: system.size)))
    }
    if let files = system.files, let free = system.freeFiles, free < min(2_000, files / 100) {
      found.append((free < 50 ? .error : .warning, .filesExhausted(place, free: free)))
    }
    if system.place != .local { found.append((.note, .locksUnknown(place, kind: system.kind))) }
    return found
  }
}
