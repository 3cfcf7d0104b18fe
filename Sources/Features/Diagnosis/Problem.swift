public import HookSetup
public import Registry
public import RegistryStore
public import SystemPackage

/// What may be wrong, with the facts that tell of it.
public enum Problem: Sendable {
  // MARK: Versions and places

  /// No program `git` is found.
  case gitMissing
  /// git is older than this.
  case gitTooOld(found: String, least: GitVersion)
  /// Executables of the installation are not there.
  case executablesMissing([String], in: FilePath)
  /// Another installation of the toolset comes first on `PATH`.
  case otherInstallation(FilePath, own: FilePath)
  /// The toolset is not on `PATH`.
  case notOnPath(FilePath)
  /// `TMPDIR` names something that cannot be written to.
  case temporaryDirectory(String)

  // MARK: Settings

  /// The registry's settings cannot be read.
  case settingsUnreadable(any Error)
  /// No setting has this key.
  case unknownSetting(key: String, known: [String])
  /// The value of a setting is not one that it may have.
  case unusableValue(key: String, expected: SettingValue)
  /// `dev-infra.remote` names no remote.
  case unknownDefaultRemote(String)
  /// A directory of `dev-infra.roots` is not there.
  case rootGone(FilePath)

  // MARK: The registry

  /// There is none yet.
  case noRegistry(FilePath)
  /// It cannot be opened.
  case registryUnusable(FilePath, any Error)
  /// Others may write to it, or read it.
  case registryOpenToOthers(FilePath, mode: UInt32, mayWrite: Bool)
  /// Files of it belong to others; one of them, and how many there are.
  case filesOfOthers(FilePath, count: Int, registry: FilePath)
  /// A rule of the registry does not hold.
  case brokenRule(VerificationFinding)
  /// So many more rules do not hold.
  case moreBrokenRules(Int)
  /// A lock file was left behind.
  case staleLock(FilePath)
  /// A derived file is damaged, and is made anew when it is needed.
  case derivedDamaged(FilePath)
  /// There is more to pack than git would leave.
  case unpacked(registry: FilePath, looseObjects: Int, packs: Int)
  /// So many directories of projects are not there; the first of them.
  case checkoutsGone(count: Int, first: FilePath)

  // MARK: Remotes

  /// The registry is nowhere else.
  case noRemote
  /// Several remotes, none of which is the default.
  case noDefaultRemote([String])
  /// A remote's URL has what may be a secret in it.
  case secretInURL(remote: String)
  /// A remote's URL is not one that is taken.
  case refusedURL(remote: String, RefusedURL)
  /// The program that a remote needs is not there.
  case helperMissing(remote: String, program: String)
  /// A remote was rewound, and does not have again what it had.
  case rewound(remote: String)
  /// A remote does not answer.
  case unreachable(remote: String, any Error)

  // MARK: Hooks

  /// A hook of ours calls something that is not there.
  case hookWithoutProgram(FilePath, calls: FilePath)
  /// A hook of ours calls another installation.
  case hookOfOtherInstallation(FilePath, calls: FilePath)
  /// A hook of ours is of an earlier version.
  case hookOfEarlierVersion(FilePath)
  /// A hook of ours cannot be executed, and git passes over it.
  case hookNotExecutable(FilePath)
  /// A hook of ours has lines that are not ours.
  case hookEdited(FilePath)
  /// Another tool has put its hook in the place of ours.
  case hookReplaced(FilePath)
  /// A hook of ours is never run, for git looks for hooks elsewhere.
  case hookPassedOver(FilePath, hooksPath: FilePath)
  /// A repository is registered more than once for one event.
  case hookTwice(FilePath, also: String)
  /// git is too old to run hooks of the configuration.
  case hookNotRun(FilePath)
  /// The hooks of a repository could not be looked at.
  case hooksUnreadable(FilePath, any Error)

  // MARK: Shells

  /// A shell's start-up file does not define `p`.
  case noShellFunction(shell: String, file: FilePath)
  /// A shell does not find the completion.
  case noCompletion(shell: String, file: FilePath)
  /// Something else takes the name of the function, in this line of a file.
  case nameTaken(FilePath, line: Int)

  // MARK: Keys

  /// Others may read a file with secrets.
  case secretsOpenToOthers(FilePath, mode: UInt32)
  /// A file with secrets belongs to somebody else.
  case secretsOfOthers(FilePath)

  // MARK: Clock and disk

  /// The file system's time is not this computer's; by so many seconds it is ahead.
  case clockApart(seconds: Int64)
  /// Projects were last changed later than now; the names of some, and how many there are.
  case changedInFuture([String], count: Int, latest: Timestamp)
  /// The disk is nearly full.
  case diskFull(FilePath, free: UInt64, size: UInt64)
  /// The disk can nearly have no more files.
  case filesExhausted(FilePath, free: UInt64)
  /// Nothing can be written to the disk.
  case readOnly(FilePath)
  /// The registry is on a file system of which it is not known whether its locks hold between computers.
  case locksUnknown(FilePath, kind: String)
  /// Files cannot be locked, for this reason of the system's.
  case noLocks(FilePath, String)
}

extension Problem {
  /// What it is called, for scripts; it stays.
  public var code: String {
    switch self {
    case .gitMissing: "git-missing"
    case .gitTooOld: "git-too-old"
    case .executablesMissing: "executables-missing"
    case .otherInstallation: "other-installation"
    case .notOnPath: "not-on-path"
    case .temporaryDirectory: "temporary-directory"
    case .settingsUnreadable: "settings-unreadable"
    case .unknownSetting: "setting-unknown"
    case .unusableValue: "setting-unusable"
    case .unknownDefaultRemote: "default-remote-unknown"
    case .rootGone: "root-gone"
    case .noRegistry: "no-registry"
    case .registryUnusable: "registry-unusable"
    case .registryOpenToOthers: "registry-open"
    case .filesOfOthers: "files-of-others"
    case .brokenRule: "rule-broken"
    case .moreBrokenRules: "rules-broken"
    case .staleLock: "stale-lock"
    case .derivedDamaged: "derived-damaged"
    case .unpacked: "unpacked"
    case .checkoutsGone: "checkouts-gone"
    case .noRemote: "no-remote"
    case .noDefaultRemote: "no-default-remote"
    case .secretInURL: "secret-in-url"
    case .refusedURL: "url-refused"
    case .helperMissing: "helper-missing"
    case .rewound: "remote-rewound"
    case .unreachable: "remote-unreachable"
    case .hookWithoutProgram: "hook-without-program"
    case .hookOfOtherInstallation: "hook-other-installation"
    case .hookOfEarlierVersion: "hook-earlier-version"
    case .hookNotExecutable: "hook-not-executable"
    case .hookEdited: "hook-edited"
    case .hookReplaced: "hook-replaced"
    case .hookPassedOver: "hook-passed-over"
    case .hookTwice: "hook-twice"
    case .hookNotRun: "hook-not-run"
    case .hooksUnreadable: "hooks-unreadable"
    case .noShellFunction: "shell-function"
    case .noCompletion: "completion"
    case .nameTaken: "name-taken"
    case .secretsOpenToOthers: "secrets-open"
    case .secretsOfOthers: "secrets-of-others"
    case .clockApart: "clock-apart"
    case .changedInFuture: "changed-in-future"
    case .diskFull: "disk-full"
    case .filesExhausted: "files-exhausted"
    case .readOnly: "read-only"
    case .locksUnknown: "locks-unknown"
    case .noLocks: "no-locks"
    }
  }
}
