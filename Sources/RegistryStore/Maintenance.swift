import Console
import Git
import Platform
import SystemPackage

extension RegistryStore {
  /// Whether so many objects lie loose that packing them pays; as git's `gc.auto`, judged by one directory of 256.
  public func needsMaintenance() throws -> Bool {
    let sample = directory.pushing("objects/17")
    guard Files.kind(of: sample) == .directory else { return false }
    return try Files.names(in: sample).count > Self.looseLimit / 256
  }

  /// Starts `dev-infra-gc --auto` where much lies loose, and does not wait for it; as git does after its own commands.
  func startMaintenanceIfNeeded() {
    guard (try? needsMaintenance()) ?? false, let tool = Environment.executablePath?.appending("dev-infra-gc")
    else { return }
    // That it cannot be started matters to nobody now: the next change tries again.
    try? ChildProcess.startDetached(
      tool.text, ["--auto", "--quiet"], environment: ["DEV_INFRA_DIR": directory.text])
  }

  /// git's own default for `gc.auto`.
  private static let looseLimit = 6700

  /// Packs the registry under its lock, and drops objects that nothing has referred to for two weeks.
  ///
  /// Never younger ones: a command that is under way has written objects which nothing refers to yet. Chains of
  /// deltas are kept short, since long ones make reading a large registry slow.
  ///
  /// - Parameter onlyIfNeeded: does nothing unless ``needsMaintenance()``.
  /// - Returns: what git had to say.
  public func maintain(onlyIfNeeded: Bool) throws -> String {
    let lock = try lock()
    defer { _ = lock.isHeld }
    // Another process may have done it while this one waited.
    if onlyIfNeeded, try !needsMaintenance() { return "" }
    LeftLocks.clearPatiently(directory)
    var git = GitProgram(gitDirectory: directory)
    git.options += [
      "-c", "pack.depth=10", "-c", "gc.auto=0", "-c", "gc.pruneExpire=2.weeks.ago", "-c",
      "gc.cruftPacks=false",
    ]
    let result = try git.run(["gc", "--quiet"])
    let said = String(decoding: result.errors, as: UTF8.self)
    guard result.termination == .exited(0) else {
      throw Failure.fatal(
        "packing the registry \(directory.visible) failed: \(said.split(separator: "\n").last.map(String.init) ?? "git gave no reason")"
      )
    }
    return said
  }
}
