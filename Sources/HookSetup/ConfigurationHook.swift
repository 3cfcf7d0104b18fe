import Platform
import SystemPackage

/// A hook of ours in git's configuration: the section `hook "dev-infra"` of git-hook(1).
struct ConfigurationHook {
  let file: ConfigurationFile

  private static let section = "hook.dev-infra"

  /// The events that it is for; none where it is not there.
  func events() throws -> [HookEvent] {
    guard try !file.values("\(Self.section).command").isEmpty else { return [] }
    return try file.values("\(Self.section).event").compactMap { HookEvent(rawValue: $0) }
  }

  /// Adds the events that it does not have yet.
  ///
  /// - Returns: whether anything had to be done.
  func install(_ events: [HookEvent], register: FilePath) throws -> Bool {
    let command = HookScript.command(register)
    let missing = try events.filter { try !self.events().contains($0) }
    if missing.isEmpty, try file.values("\(Self.section).command") == [command] { return false }
    try file.change {
      for event in missing { try file.git(["--add", "\(Self.section).event", event.rawValue]) }
      try file.git(["--replace-all", "\(Self.section).command", command])
    }
    return true
  }

  /// Takes it out of the file.
  ///
  /// - Returns: whether it was there.
  func uninstall() throws -> Bool {
    guard try !file.values("\(Self.section).command").isEmpty else { return false }
    try file.undo { try file.git(["--remove-section", Self.section]) }
    return true
  }
}
