public import Git
import SystemSupport
import ByteStrings
public import SystemPackage

/// What stands for one event in a repository, as far as it bears on a hook of ours: read from files, and nothing run.
public struct HookSurvey: Sendable {
  /// The git directory whose hooks these are.
  public let commonDirectory: FilePath
  /// Where `core.hooksPath`, or a link in place of the git directory's own folder, leads git; nil where it is that folder.
  public let hooksPath: FilePath?
  /// What the git directory's own folder has.
  public let states: [(event: HookEvent, state: HookFolder.State)]
  /// The events for which a hook of the user's own, or the project's, has a line that calls ours.
  public let lines: [HookEvent]
  /// The events for which git's configuration names a hook of ours.
  public let configured: [HookEvent]
  /// Tools that keep hooks in this work tree, by the files that they leave.
  public let managers: [String]

  /// The folder in the git directory.
  public var folder: HookFolder { HookFolder(commonDirectory.appending("hooks")) }

  /// Whether anything of ours is there.
  public var isOurs: Bool {
    !lines.isEmpty || !configured.isEmpty
      || states.contains { if case .absent = $0.state { false } else { true } }
  }

  /// Looks at the repository that `directory` is in.
  public static func read(at directory: FilePath, home: FilePath?) throws(GitError) -> HookSurvey {
    let found = try HookConfiguration.read(at: directory, hook: "dev-infra")
    let own = found.commonDirectory.appending("hooks")
    let named = found.hooksPath.map { text -> FilePath in
      if text.begins(with: "~/"), let home { return home.pushing(FilePath(text: String(text.dropFirst(2)))) }
      return FilePath(text: text).absolute(against: found.workTree ?? found.commonDirectory)
    }
    let hooksPath = HookSetup.folder(named: named, elsewhereThan: found.commonDirectory)
    let folder = HookFolder(own)
    let hand = hooksPath.map { path in
      HookEvent.allCases.filter { HookSetup.hasLine(HookSetup.handFile($0, in: path)) }
    }
    // An empty value takes back those before it.
    let events = found.events.split(separator: "", omittingEmptySubsequences: false).last ?? []
    return HookSurvey(
      commonDirectory: found.commonDirectory, hooksPath: hooksPath,
      states: HookEvent.allCases.map { ($0, folder.state($0)) }, lines: hand ?? [],
      configured: found.command == nil ? [] : events.compactMap { HookEvent(rawValue: $0) },
      managers: found.workTree.map(managers) ?? [])
  }

  /// As each tool's own manual names its files.
  private static let files: [(manager: String, names: [String])] = [
    ("husky", [".husky", ".huskyrc", ".huskyrc.json", ".huskyrc.js"]),
    (
      "lefthook",
      ["lefthook.yml", ".lefthook.yml", "lefthook.yaml", "lefthook.toml", ".lefthook.toml", "lefthook.json"]
    ),
    ("pre-commit", [".pre-commit-config.yaml", ".pre-commit-config.yml"]),
    ("overcommit", [".overcommit.yml"]),
    ("simple-git-hooks", [".simple-git-hooks.json", ".simple-git-hooks.js", ".simple-git-hooks.cjs"]),
    ("git-hooks", [".githooks"]),
  ]

  private static func managers(in workTree: FilePath) -> [String] {
    files.filter { $0.names.contains { Files.kind(of: workTree.appending($0)) != nil } }.map(\.manager)
  }
}
