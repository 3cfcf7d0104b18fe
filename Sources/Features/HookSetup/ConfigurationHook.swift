import SystemSupport
import SystemPackage

/// A hook of ours in git's configuration: the section `hook "dev-infra"` of git-hook(1).
struct ConfigurationHook {
  let file: ConfigurationFile

  private static let section = "hook.dev-infra"

  /// The events that it is for; none where it is not there. An empty one takes back those before it (git-config(1)).
  func events() throws -> [HookEvent] {
    guard try !file.values("\(Self.section).command").isEmpty else { return [] }
    let values = try file.values("\(Self.section).event")
    return values.split(separator: "", omittingEmptySubsequences: false).last?
      .compactMap { HookEvent(rawValue: $0) } ?? []
  }

  /// Whether somebody has switched it off, by `hook.dev-infra.enabled`, and left it there.
  var isSwitchedOff: Bool {
    get throws {
      let value = try file.values("\(Self.section).enabled").last?.lowercased()
      return ["false", "no", "off", "0"].contains(value)
    }
  }

  /// Adds the events that it does not have yet.
  ///
  /// - Returns: whether anything had to be done.
  func install(_ events: [HookEvent], register: FilePath) throws -> Bool {
    let command = HookScript.command(register)
    let missing = try events.filter { try !self.events().contains($0) }
    if missing.isEmpty, try file.values("\(Self.section).command") == [command] { return false }
    try file.change(
      [["--replace-all", "\(Self.section).command", command]]
        + missing.map { ["--add", "\(Self.section).event", $0.rawValue] })
    return true
  }

  /// Takes it out of the file.
  ///
  /// - Returns: whether it was there.
  func uninstall() throws -> Bool {
    guard try !file.values("\(Self.section).command").isEmpty else { return false }
    try file.undo(["--remove-section", Self.section])
    // What stood there before the last change may have been ours too, with changes of others in between.
    if try !file.values("\(Self.section).command").isEmpty {
      try file.edit([["--remove-section", Self.section]])
    }
    return true
  }
}
