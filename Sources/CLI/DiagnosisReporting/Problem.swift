import ByteStrings
public import Diagnosis
import HookSetup
import Registry
import RegistryReporting
import RegistryStore
import SystemSupport
import SystemPackage
import Terminal

extension Problem {
  /// The problem in words.
  public struct Words: Equatable, Sendable {
    /// What it is about: a file, a remote, a setting; nil where that is the machine.
    public let place: String?
    /// What is wrong, a sentence without a full stop.
    public let sentence: String
    /// What to do about it.
    public let remedy: String
  }

  /// What is wrong, where, and what to do. It holds no secrets, and is safe to show.
  public var words: Words {
    switch self {
    case .gitMissing:
      Words(
        place: nil,
        sentence: "running git fails: command not found; nothing but 'list', 'show' and 'path' works",
        remedy: "install git, or add it to PATH")
    case .gitTooOld(let found, let least):
      Words(
        place: nil,
        sentence:
          "git \(Quoting.visible(found)) is older than \(least.major).\(least.minor), the oldest that dev-infra works with",
        remedy: "install a newer git")
    case .executablesMissing(let names, let folder):
      Words(
        place: folder.text, sentence: "the installation lacks \(Self.list(names))",
        remedy: "install dev-infra again")
    case .otherInstallation(let path, let own):
      Words(
        place: path.text,
        sentence: "another dev-infra comes first on PATH; the one that runs is \(own.visible)",
        remedy: "remove the one that you do not want, or change the order of PATH")
    case .notOnPath(let path):
      Words(
        place: path.text, sentence: "dev-infra is not on PATH",
        remedy: "add \(path.removingLastComponent().visible) to PATH")
    case .temporaryDirectory(let path):
      Words(
        place: path,
        sentence: "TMPDIR names something that cannot be written to, and /tmp is used in its place",
        remedy: "unset TMPDIR, or make the directory anew")
    // MARK: Settings
    case .settingsUnreadable(let error):
      Words(
        place: nil, sentence: Failure(error).message,
        remedy: "mend the registry's file 'config', or take it from a backup")
    case .unknownSetting(let key, let known):
      Words(
        place: key, sentence: "dev-infra has no setting of this name", remedy: Self.suggestion(key, known))
    case .unusableValue(let key, let expected):
      Words(
        place: key, sentence: "its value is not \(Self.form(expected))",
        remedy: "set it again with 'dev-infra config \(Quoting.visible(key)) VALUE'")
    case .unknownDefaultRemote(let name):
      Words(
        place: "dev-infra.remote",
        sentence: "it names '\(Quoting.visible(name))', and there is no such remote",
        remedy: "name one of 'dev-infra remote', or unset it with 'dev-infra config --unset dev-infra.remote'"
      )
    case .rootGone(let path):
      Words(
        place: "dev-infra.roots", sentence: "\(path.visible) does not exist",
        remedy:
          "where it is gone for good: 'dev-infra config --fixed-value --unset dev-infra.roots \(path.visible)'"
      )
    // MARK: The registry
    case .noRegistry(let path):
      Words(
        place: path.text, sentence: "there is no registry yet",
        remedy: "'dev-infra init' makes one, 'dev-infra init URL' joins a remote's")
    case .registryUnusable(let path, let error):
      Words(
        place: path.text, sentence: Failure(error).message,
        remedy: Failure(error).hints.first ?? "see dev-infra-troubleshooting(7)")
    case .registryOpenToOthers(let path, let mode, _):
      Words(
        place: path.text, sentence: "others may write to the registry (mode 0\(String(mode, radix: 8)))",
        remedy: "'chmod go-w \(path.visible)'")
    case .filesOfOthers(let path, let count, let registry):
      Words(
        place: path.text,
        sentence:
          "\(count) file\(count == 1 ? "" : "s") of the registry belong\(count == 1 ? "s" : "") to somebody else",
        remedy: "'sudo chown -R \"$(id -un)\" \(registry.visible)'")
    case .brokenRule(let finding):
      Words(
        place: nil, sentence: finding.line,
        remedy: "see 'dev-infra verify'; 'dev-infra pull' from a good remote, or 'dev-infra rm', mends most")
    case .moreBrokenRules(let count):
      Words(place: nil, sentence: "\(count) more rules do not hold", remedy: "'dev-infra verify' lists all")
    case .staleLock(let path):
      Words(
        place: path.text, sentence: "a command that was killed has left this lock behind",
        remedy: "the next command that writes removes it")
    case .derivedDamaged(let path):
      Words(
        place: path.text, sentence: "the index is damaged, or of another version",
        remedy: "nothing: the next command makes it anew")
    case .unpacked(let registry, let loose, let packs):
      Words(
        place: registry.text, sentence: "there are \(loose) loose objects and \(packs) packs",
        remedy: "'dev-infra gc' packs them")
    case .checkoutsGone(let count, let first):
      Words(
        place: first.text,
        sentence: count == 1
          ? "this directory of a project does not exist"
          : "this and \(count - 1) more directories of projects do not exist",
        remedy: "'dev-infra refresh' looks for what has moved, and 'dev-infra status' lists them")
    // MARK: Remotes
    case .noRemote:
      Words(
        place: nil, sentence: "there is no remote, so that the registry is on this machine only",
        remedy: "'dev-infra remote add origin URL'")
    case .noDefaultRemote(let names):
      Words(
        place: nil, sentence: "there are several remotes (\(Self.list(names))), and none is the default",
        remedy: "'dev-infra config dev-infra.remote NAME'")
    case .secretInURL(let remote):
      Words(
        place: remote, sentence: "the URL of this remote has what may be a password or a token in it",
        remedy:
          "'dev-infra remote set-url \(Quoting.visible(remote)) URL', and keep the secret in a credential helper of git"
      )
    case .refusedURL(let remote, let error):
      Words(
        place: remote, sentence: "the URL of this remote is not taken: \(error.sentence)",
        remedy: "'dev-infra remote set-url \(Quoting.visible(remote)) URL'")
    case .helperMissing(let remote, let program):
      Words(
        place: remote, sentence: "the program that this remote needs, \(program), is not on PATH",
        remedy: "install it")
    case .rewound(let remote):
      Words(
        place: remote, sentence: "this remote was rewound, and no longer has what it had",
        remedy: "'dev-infra push' gives it back what this machine has")
    case .unreachable(let remote, let error):
      Words(
        place: remote, sentence: RemoteURL.withoutSecrets(Failure(error).message),
        remedy: "see to the connection, or to who you are there; 'dev-infra fetch -v' shows more")
    // MARK: Hooks and shells
    case .hookWithoutProgram(let hook, let program):
      Words(
        place: hook.text, sentence: "this hook calls \(program.visible), which does not exist",
        remedy: Self.install(hook))
    case .hookOfOtherInstallation(let hook, let program):
      Words(
        place: hook.text, sentence: "this hook calls \(program.visible) of another installation",
        remedy: Self.install(hook))
    case .hookOfEarlierVersion(let hook):
      Words(
        place: hook.text, sentence: "this hook was put there by an earlier version",
        remedy: Self.install(hook))
    case .hookNotExecutable(let hook):
      Words(
        place: hook.text, sentence: "this hook may not be executed, and git passes over it",
        remedy: "'chmod +x \(hook.visible)'")
    case .hookEdited(let hook):
      Words(
        place: hook.text, sentence: "this hook is ours, and has lines that are not",
        remedy: "move your lines to the hook beside it that it goes on to, see dev-infra-hooks(1)")
    case .hookReplaced(let hook):
      Words(
        place: hook.text, sentence: "another tool has put its hook in the place of ours",
        remedy: "\(Self.install(hook)), which goes on to it")
    case .hookPassedOver(let hook, let hooksPath):
      Words(
        place: hook.text,
        sentence: "git does not run this hook: core.hooksPath leads it to \(hooksPath.visible)",
        remedy: "\(Self.install(hook)), which prints the line that belongs there")
    case .hookTwice(let hook, let also):
      Words(
        place: hook.text, sentence: "the repository is registered twice, also by \(also)",
        remedy: "remove one of the two")
    case .hookNotRun(let directory):
      Words(
        place: directory.text, sentence: "the hook of this repository's settings needs git 2.54 or later",
        remedy: "'dev-infra hooks install --repo \(Self.workTree(of: directory).visible)' puts a file there")
    case .hooksUnreadable(let path, let error):
      Words(
        place: path.text, sentence: Failure(error).message, remedy: Failure(error).hints.first ?? "look at it"
      )
    case .noShellFunction(let shell, let file):
      Words(
        place: file.text, sentence: "\(shell) does not define 'p', which changes to a project",
        remedy: shell == "fish"
          ? "add the line: dev-infra shell-init fish | source"
          : "add the line: eval \"$(dev-infra shell-init \(shell))\"")
    case .noCompletion(let shell, let file):
      Words(
        place: file.text, sentence: "\(shell) does not find the completion",
        remedy: shell == "fish"
          ? "add the line: dev-infra completion fish | source"
          : shell == "zsh"
            ? "put what 'dev-infra completion zsh' prints into a file _dev-infra of your fpath"
            : "add the line: eval \"$(dev-infra completion \(shell))\"")
    case .nameTaken(let file, let line):
      Words(
        place: "\(file.text):\(line)", sentence: "this line gives the name 'p' to something else",
        remedy: "put the line with 'dev-infra shell-init' below it, or choose another name here")
    // MARK: Keys, clock and disk
    case .secretsOpenToOthers(let file, let mode):
      Words(
        place: file.text,
        sentence: "others may read or write this file with secrets (mode 0\(String(mode, radix: 8)))",
        remedy: "'chmod 600 \(file.visible)', and change what was in it where others have accounts")
    case .secretsOfOthers(let file):
      Words(
        place: file.text, sentence: "this file with secrets belongs to somebody else",
        remedy: "'sudo chown \"$(id -un)\" \(file.visible)'")
    case .clockApart(let seconds):
      Words(
        place: nil,
        sentence:
          "the registry's disk is \(Self.span(abs(seconds))) \(seconds > 0 ? "ahead of" : "behind") this computer's clock",
        remedy: "set the clocks by NTP: the later of two changes counts")
    case .changedInFuture(let names, let count, let latest):
      Words(
        place: nil,
        sentence:
          "\(count) project\(count == 1 ? " was" : "s were") changed later than now: \(Self.list(names))"
          + "\(count > names.count ? " and others" : ""), the last at \(latest)",
        remedy: "a clock is wrong, of this machine or of the one that changed them; set it by NTP")
    case .diskFull(let path, let free, let size):
      Words(
        place: path.text, sentence: "the disk is nearly full: \(free >> 20) of \(size >> 20) MiB are free",
        remedy: "make room before the next change")
    case .filesExhausted(let path, let free):
      Words(
        place: path.text, sentence: "the disk can have only \(free) more files", remedy: "remove files there")
    case .readOnly(let path):
      Words(
        place: path.text, sentence: "the disk is mounted so that nothing can be written",
        remedy: "mount it so that it can")
    case .locksUnknown(let path, let kind):
      Words(
        place: path.text,
        sentence:
          "this is on a network file system (\(Quoting.visible(kind))), whose locks may not hold between computers",
        remedy:
          "let one computer at a time write, or put the registry on a disk of its own with DEV_INFRA_DIR")
    case .noLocks(let path, let reason):
      Words(
        place: path.text, sentence: "files cannot be locked here: \(reason)",
        remedy: "put the registry elsewhere with DEV_INFRA_DIR")
    }
  }

  // MARK: Parts

  private static func list(_ names: [String]) -> String {
    names.map { Quoting.visible($0) }.joined(separator: ", ")
  }

  private static func form(_ value: SettingValue) -> String {
    switch value {
    case .text: "text"
    case .number(let least): "a whole number, \(least) or more"
    case .seconds: "a number of seconds"
    case .word(let words): "one of \(words.joined(separator: ", "))"
    }
  }

  private static func suggestion(_ key: String, _ known: [String]) -> String {
    let near = known.map { ($0, EditDistance.between(key.lowercased(), and: $0.lowercased())) }
      .filter { $0.1 <= 5 }.min { $0.1 < $1.1 }
    let unset = "'dev-infra config --unset \(Quoting.visible(key))' removes it"
    return near.map { "was '\($0.0)' meant? \(unset)" }
      ?? "\(unset); dev-infra-config(1) lists those that there are"
  }

  private static func install(_ hook: FilePath) -> String {
    "'dev-infra hooks install --repo \(workTree(of: hook.removingLastComponent().removingLastComponent()).visible)'"
  }

  private static func workTree(of gitDirectory: FilePath) -> FilePath {
    gitDirectory.lastComponent?.string == ".git" ? gitDirectory.removingLastComponent() : gitDirectory
  }

  private static func span(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) seconds"
    case ..<7200: "\(seconds / 60) minutes"
    case ..<172_800: "\(seconds / 3600) hours"
    default: "\(seconds / 86_400) days"
    }
  }
}
