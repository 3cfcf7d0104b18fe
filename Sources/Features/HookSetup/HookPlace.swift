/// Something that hooks are installed for: one repository, or all that git makes for the user.
public protocol HookPlace {
  /// Installs hooks for these events.
  func install(_ events: [HookEvent]) throws -> HookReport
  /// Takes all hooks of ours away, however they were installed.
  func uninstall() throws -> HookReport
  /// What is installed.
  func status() throws -> HookReport
}
