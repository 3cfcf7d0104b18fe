import ByteStrings

/// What a run of the `git` program is for, which decides what it may run, connect to and write.
///
/// Every run has one of these names, and its children inherit it as `DEV_INFRA_GIT_ENVIRONMENT`. The scripts' form of
/// ``foreign`` and ``registry`` is in `libexec/dev-infra-sh-setup`; a test holds the two against each other.
///
/// The settings of git-config(1) whose value is run, connected to or written to, and what becomes of them in ``foreign``.
/// Settings given by `-c` count before those of every file, also of an included one and of a worktree's.
///
///     run by any command        core.fsmonitor                                   empty (`false` is a program to git 2.35)
///                               core.hooksPath, the hooks of a repository,
///                               hook.<name>.command                              /dev/null, hook.<event>.enabled=false
///                               core.pager, pager.<command>                      --no-pager, GIT_PAGER
///                               alias.*, help.autoCorrect                        built-in commands only; never
///     run to fetch what is      core.sshCommand, ssh.variant                     GIT_SSH_COMMAND
///     missing (extensions.      core.gitProxy, remote.<name>.proxy, http.*       GIT_PROXY_COMMAND, no transport
///     partialClone)             core.askPass, credential.helper                  GIT_ASKPASS, empty list
///                               remote.<name>.{url,vcs,uploadpack},
///                               url.<base>.insteadOf, protocol.<name>.allow      GIT_NO_LAZY_FETCH, GIT_ALLOW_PROTOCOL
///                               core.alternateRefsCommand                        true(1)
///                               fetch.bundleURI (2.40)                           empty
///                               submodule.recurse, fetch.recurseSubmodules       false
///     run by log and show       log.showSignature, gpg.program,
///                               gpg.<format>.program, gpg.ssh.defaultKeyCommand  false, false(1)
///                               diff.external, diff.<driver>.{command,textconv}  no command here compares contents
///                               log.mailmap, mailmap.{file,blob} (read)          false
///     run for an editor         core.editor, sequence.editor                     GIT_EDITOR, GIT_SEQUENCE_EDITOR
///     run on contents           filter.<driver>.{clean,smudge,process},
///                               merge.<driver>.driver, trailer.<token>.command,
///                               tar.<format>.command, interactive.diffFilter     no command here reads or writes files
///     written                   core.untrackedCache, core.splitIndex, index.*    --no-optional-locks
///                               diff.<driver>.cachetextconv, rerere.enabled,
///                               http.saveCookies, format.outputDirectory         no command here does
///                               gc.auto, maintenance.auto                        0, false
///     of the user only          trace2.*, uploadpack.packObjectsHook,
///                               safe.directory, init.templateDir                 git reads them from no repository
///     of a user for their code  fetch.*, push.*, gc.*, pack.*, log.*, feature.*,
///                               core.fsync, remote.<name>.*, color.*             `registry` and `transport` have values for them
///     how one connects          url.*, http.*, credential.*, core.sshCommand,
///                               core.askPass, core.gitProxy, protocol.*,
///                               remote.<name>.{proxy,uploadpack,receivepack}     theirs, in `transport` and `clone`
///     lists that grow only      fetch.fsck.skipList, fsck.skipList,
///                               gc.recentObjectsHook, remote.<name>.pushurl      theirs: nothing takes an entry back
///     of other programs         browser.*, difftool.*, guitool.*, imap.*, instaweb.*, man.*, mergetool.*, sendemail.*,
///                               gitcvs.*, web.browser, receive.procReceiveRefs   not run here
public enum GitEnvironment: String, Sendable, CaseIterable {
  /// Reads a repository that is only looked at, or nothing: its settings run nothing, and nothing is connected to.
  case foreign
  /// Reads and writes the registry: no transport, no hooks. The editor and the pager are the user's.
  case registry
  /// Moves the registry to and from its remotes: transports and credential helpers, no hooks, and none of the settings
  /// that a user has for their code.
  case transport
  /// Brings a project or a template here: as the user clones, but for submodules. What runs is the user's own.
  case clone
  /// Makes what is the user's own: a new project's repository, their settings. Everything is as they have set it.
  case person

  /// The variable by which git's children know what they are part of.
  public static let variable = "DEV_INFRA_GIT_ENVIRONMENT"

  /// The transports that may be used, as git's `GIT_ALLOW_PROTOCOL` lists them.
  static let transports = "file:git:http:https:ssh:work-prod"

  /// The transports that may be used beside these remote helpers, as `GIT_ALLOW_PROTOCOL` lists them. Where the user's own
  /// environment has such a list, that is all.
  public static func transports(with helpers: [String]) -> String {
    given ?? ([transports] + helpers).joined(separator: ":")
  }

  /// These transports, and no others; of the user's own list where there is one.
  public static func transports(only few: [String]) -> String {
    given.map { list in
      few.filter { list.split(at: ":").map(String.init).contains($0) }.joined(separator: ":")
    }
    .map { $0.isEmpty ? noTransport : $0 } ?? few.joined(separator: ":")
  }

  private static var given: String? {
    Environment["GIT_ALLOW_PROTOCOL"].map { list in
      list.split(at: ":").filter { $0 != "ext" }.joined(separator: ":")
    }
  }

  /// The list of one transport that there cannot be. A name that a program could have would not do, nor an empty one: for a
  /// remote of `none::x`, git runs `git remote-none`, which may be an alias.
  static let noTransport = "/"

  /// What stands before the subcommand.
  public var options: [String] {
    switch self {
    case .foreign: ["--no-optional-locks", "--no-pager"] + Self.settings(Self.noHooks + Self.foreignSettings)
    case .registry: Self.settings(Self.noHooks + Self.registrySettings + Self.localSettings)
    case .transport:
      Self.settings(Self.noHooks + Self.registrySettings + Self.transportSettings + Self.secretKeeper)
    case .clone:
      Self.settings(
        ["fetch.recurseSubmodules=false", "submodule.recurse=false", "transfer.bundleURI=false"]
          + Self.secretKeeper)
    case .person: []
    }
  }

  /// Variables to set, or with nil to unset. None that ties git to another repository is left.
  public var variables: [String: String?] {
    // What it names is among the options, which git hands on to its children.
    var variables: [String: String?] = [Self.variable: rawValue, Self.credentialCacheVariable: nil]
    for name in Environment.repositoryVariables { variables[name] = .some(nil) }
    // Ours are what is not there: also for the source of a clone on this machine, which git reads in a process of its own.
    if self != .person { variables["GIT_NO_LAZY_FETCH"] = "1" }
    switch self {
    case .foreign:
      variables["GIT_ALLOW_PROTOCOL"] = Self.noTransport
      for name in ["GIT_ASKPASS", "GIT_PROXY_COMMAND"] { variables[name] = "" }
      for name in ["GIT_SSH_COMMAND", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR"] { variables[name] = "false" }
      for name in ["GIT_SSH", "GIT_EXTERNAL_DIFF"] { variables[name] = .some(nil) }
      variables["GIT_PAGER"] = "cat"
      variables["GIT_TERMINAL_PROMPT"] = "0"
    case .registry: variables["GIT_ALLOW_PROTOCOL"] = Self.noTransport
    case .transport, .clone:
      variables["GIT_ALLOW_PROTOCOL"] = Self.transports(with: [])
    case .person: break
    }
    return variables
  }

  /// Options by which none of the user's hooks run either, in ``clone``.
  public static let withoutHooks = settings(noHooks)

  /// Settings by which git runs no hooks at all: neither those of a folder nor, from 2.55 on, those of the configuration for
  /// what our commands do (git-config(1), `hook.<event>.enabled`).
  private static let noHooks: [String] =
    ["core.hooksPath=/dev/null"]
    + ["reference-transaction", "post-checkout", "post-index-change", "pre-push"].map {
      "hook.\($0).enabled=false"
    }

  private static let foreignSettings = [
    "core.fsmonitor=", "core.alternateRefsCommand=true", "credential.helper=",
    "fetch.bundleURI=",
    "fetch.recurseSubmodules=false", "submodule.recurse=false", "log.showSignature=false",
    "log.mailmap=false", "i18n.logOutputEncoding=UTF-8",
    "gpg.program=false", "gpg.openpgp.program=false", "gpg.x509.program=false", "gpg.ssh.program=false",
    "gpg.ssh.defaultKeyCommand=false", "help.autoCorrect=never", "gc.auto=0", "maintenance.auto=false",
    // What `explicit` is for, that nothing of a bare repository is run, holds here anyway.
    "safe.bareRepository=all",
  ]

  /// The variable with the socket of the git-credential-cache(1) that lives as long as one command of ours.
  public static let credentialCacheVariable = "DEV_INFRA_CREDENTIAL_CACHE"

  /// A further credential helper, behind the user's own: what a person was asked for by one connection of a command is not
  /// asked for by the next one.
  private static var secretKeeper: [String] {
    guard let socket = Environment[credentialCacheVariable], !socket.isEmpty else { return [] }
    return ["credential.helper=cache --timeout=3600 --socket=\(ShellQuoting.quoted(socket))"]
  }

  /// What keeps settings that a user has for their code from what is done to the registry, wherever it is done.
  ///
  /// A registry is small, has few objects and must survive a power cut: git's own defaults, and all of it on disk.
  private static let registrySettings = [
    "core.fsmonitor=", "core.fsync=all", "core.fsyncMethod=fsync", "core.logAllRefUpdates=true",
    "core.bigFileThreshold=512m", "core.commitGraph=true", "feature.manyFiles=false",
    "feature.experimental=false", "gc.auto=0",
    "maintenance.auto=false", "pack.compression=-1", "pack.packSizeLimit=0", "pack.window=10",
    "pack.depth=50",
    "pack.indexVersion=2", "submodule.recurse=false",
  ]

  /// The same, where nothing is sent or brought.
  private static let localSettings = [
    "log.showSignature=false", "log.follow=false", "log.showRoot=true", "log.diffMerges=separate",
    "i18n.logOutputEncoding=UTF-8", "diff.relative=false", "gc.autoDetach=false", "gc.packRefs=true",
    "gc.bigPackThreshold=0", "gc.cruftPacks=false", "gc.pruneExpire=2.weeks.ago",
    "gc.reflogExpire=90.days.ago", "gc.reflogExpireUnreachable=30.days.ago", "gc.repackFilter=",
    "repack.useDeltaIslands=false",
  ]

  /// The same, where it travels.
  private static let transportSettings = [
    "fetch.fsckObjects=true", "fetch.all=false", "fetch.bundleURI=", "fetch.negotiationAlgorithm=default",
    "fetch.output=full", "fetch.parallel=1", "fetch.pruneTags=false", "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false", "push.followTags=false", "push.gpgSign=false", "push.negotiate=false",
    "push.pushOption=", "push.recurseSubmodules=no", "push.useForceIfIncludes=false",
    "transfer.bundleURI=false", "color.ui=never", "color.remote=never", "color.push=never",
    "color.transport=never", "color.advice=never",
  ]

  /// Settings that git reads for every remote of this name, also from a user's own configuration: they may have them for
  /// the `origin` of their code.
  public static func options(forRemote name: String) -> [String] {
    // git ends the key of a -c at the first of them.
    if name.holds("=") { return [] }
    return settings(
      ["mirror=false", "followRemoteHEAD=never", "promisor=false", "partialCloneFilter=", "tagOpt=--no-tags"]
        .map { "remote.\(name).\($0)" })
  }

  /// The variables by which settings reach git without being on a command line (git-config(1), `GIT_CONFIG_COUNT`).
  public static func carrying(_ settings: [(String, String)]) -> [String: String] {
    var variables = ["GIT_CONFIG_COUNT": String(settings.count)]
    for (index, setting) in settings.enumerated() {
      variables["GIT_CONFIG_KEY_\(index)"] = setting.0
      variables["GIT_CONFIG_VALUE_\(index)"] = setting.1
    }
    return variables
  }

  private static func settings(_ list: [String]) -> [String] { list.flatMap { ["-c", $0] } }
}
