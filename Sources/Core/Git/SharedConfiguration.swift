import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// The settings that all repositories of a user have in common, read once for many of them.
public struct SharedConfiguration: Sendable {
  /// Those of the system's and the user's files that tell of remotes, in git's order.
  let before: [(key: String, value: String)]
  /// Those that the environment gives, which count more than a repository's.
  let after: [(key: String, value: String)]

  /// Nil where they are not the same for all, or change what a repository is: files that are included for some of them,
  /// and settings of `core` that only make sense in a repository.
  public init?() {
    guard (try? LibGit2.start()) != nil else { return nil }
    var raw: OpaquePointer?
    guard git_config_open_default(&raw) == 0, let raw else { return nil }
    defer { git_config_free(raw) }
    guard (try? ConfigurationFiles.addNamed(to: raw, nil)) != nil,
      let entries = try? Configuration.entries(of: raw, { _ in true })
    else { return nil }
    let given = EnvironmentSettings.current.all
    for key in (entries + given).map(\.key) {
      if key.hasPrefix("includeif.") || key == "core.bare" || key == "core.worktree" { return nil }
    }
    func isWanted(_ entry: (key: String, value: String)) -> Bool {
      entry.key.cText.withUnsafeBufferPointer { $0.baseAddress.map(RemoteSettings.isWanted) ?? false }
    }
    before = entries.filter(isWanted)
    after = given.filter(isWanted)
  }
}
