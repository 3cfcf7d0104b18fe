import ByteStrings
import Git
import IndexReporting
import Registry
public import RegistryStore
import SystemPackage
import SystemSupport
public import Terminal

extension RegistryStoreError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .noMainBranch(let registry):
      .fatal("the registry \(registry.visible) has no main branch", hints: "'dev-infra verify' examines it")
    case .mainBranchLost(let registry): .fatal("the registry \(registry.visible) has lost its main branch")
    case .notARegistry(let subject):
      .fatal(
        "\(subject.words) is a git repository and not a registry: its main branch has no file 'format'",
        hints: "'dev-infra init' makes a registry; an empty bare repository is a fine remote for one")
    case .unknownFormat(let subject, let text):
      .fatal("\(subject.words) is not a registry: its format is '\(Quoting.visible(text))'")
    case .laterFormat(let subject, let number):
      .fatal(
        "\(subject.words) has the registry format \(number), and this version of dev-infra knows format 1 only",
        hints: "install a newer version of dev-infra; nothing has been changed")
    case .unknownCommit(let text, let registry):
      .fatal("the registry \(registry.visible) has no commit '\(Quoting.visible(text))'")
    case .noMachineID: .fatal("making a machine's id failed")

    case .isRootDirectory(let directory):
      .fatal("making a registry at \(directory.visible) failed: it is the root directory")
    case .inAnothersHome(let directory):
      .fatal(
        "making a registry at \(directory.visible) failed: it would be root's, in a home that is another user's",
        hints: "run this as that user, or set HOME or DEV_INFRA_DIR; 'dev-infra init' makes it all the same")
    case .notEmpty(let directory):
      .fatal(
        "making a registry at \(directory.visible) failed: the directory is not empty",
        hints: "DEV_INFRA_DIR or --dir names another place")
    case .templatesNotCopied(let templates, let reason):
      .fatal(
        "copying \(templates.visible) into the new registry failed: "
          + (reason.map { Quoting.visible($0) } ?? "cp gave no reason"))

    case .notADirectory(let path):
      .fatal("reading the project \(path.visible) failed: it is not a directory")
    case .notAProject(let directory):
      .fatal(
        "reading the project \(directory.visible) failed: it is not a git repository and has no .dev-infra.yml",
        hints: "'git init' makes it one; 'dev-infra register --recursive' looks for those below it")
    case .unreadableProject(let path, let error): Failure(error).during("reading the project \(path.visible)")
    case .malformedMetadata(let file, let error):
      .fatal(
        "reading \(file.visible) failed: \(error)",
        hints: "'dev-infra-read-meta --check' checks it again once it is mended")
    case .notHashed(let record): .fatal("hashing '\(record)' failed")

    case .isTheRegistry(let path):
      .fatal("registering \(path.visible) failed: it is the registry itself")
    case .noFreeIdentity(let path):
      .fatal(
        "registering \(path.visible) failed: each of its identities belongs to another project already",
        hints: "give it one of its own: an 'id:' line in its .dev-infra.yml")
    case .unstorableProject(let path, let error): Failure(error).during("registering \(path.visible)")
    case .projectRemoved(let name): .no("the project \(Quoting.visible(name)) has just been removed")
    case .projectRemovedBeforeEdit(let name):
      .no("the project \(Quoting.visible(name)) has just been removed; nothing has been changed")
    case .notOnThisMachine(let name):
      .no(
        "\(Quoting.visible(name)) is not on this machine; nothing has been changed",
        hints: "'dev-infra rm' removes a project everywhere")
    case .notAnAssignment(let text): .usage("'\(Quoting.visible(text))' is not of the form KEY=VALUE")
    case .unsettableField(let key):
      .usage(
        "the field '\(Quoting.visible(key))' cannot be set; those that can are: "
          + Project.settableKeys.joined(separator: " "))
    case .unsettableValue(let key, let name, let error):
      .usage(
        "setting \(key) of \(Quoting.visible(name)) failed: \(Failure(error).message); nothing has been changed"
      )
    case .moved(let main, let expected):
      .no(
        "the registry has moved to \(main.hex) and is not at \(expected.hex) any more; nothing has been changed",
        hints: "read it again and try once more")
    case .nothingToUndo(let registry): .no("there is nothing to undo in the registry \(registry.visible)")
    case .notUndoable(let subject):
      .no(
        "the change '\(subject)' of the registry changed nothing that can be undone here",
        hints: "'dev-infra log' shows the changes before it, 'dev-infra undo COMMIT' takes one of these back")
    case .nothingMoreToUndo(let registry):
      .no("there is nothing more to undo in the registry \(registry.visible)")
    case .notInHistory(let commit, let registry):
      .no("the commit \(commit.hex) is not in the history of the registry \(registry.visible)")
    case .changedSince(let subject, let name):
      .no(
        "undoing '\(subject)' failed: \(Quoting.visible(name)) has been changed since; nothing has been changed",
        hints: "'dev-infra log -p' shows the changes of a project, 'dev-infra set' changes a field")
    case .unusableRecord(let record, let fault):
      .fatal(
        "reading the record '\(Quoting.visible(ByteText.string(from: record)))' failed: \(fault.words)")
    case .unusableObject(let object, let path, let error):
      .fatal(
        "the object \(object.hex) cannot stand at \(path.path): \(Failure(error).message)",
        hints: "nothing has been changed")
    case .changesOwnEntries(let commit, let path, let more):
      .fatal(
        "the commit \(commit.hex) changes \(path.path)\(more > 0 ? " and \(more) more" : ""), and only this machine "
          + "writes below its own name; nothing has been changed",
        hints: "'dev-infra-merge-registry main \(commit.hex.prefix(12))' merges the rest of it")
    case .notPacked(let registry, let said):
      .fatal("packing the registry \(registry.visible) failed: \(said ?? "git gave no reason")")

    case .unknownMachine(let text):
      .no(
        "no machine is known by '\(Quoting.visible(text))'",
        hints: "'dev-infra machine list' shows all there are")
    case .ambiguousMachine(let text, let machines):
      Failure(
        status: ExitStatus.no,
        message:
          "'\(Quoting.visible(text))' is ambiguous, since \(machines.count) machines are called so: name one by its id",
        hints: machines.prefix(10).map { machine in
          let push = machine.lastPush.map { "last pushed \($0)" } ?? "never pushed"
          return
            "\(machine.id) \(Quoting.visible(machine.name))\(machine.isHere ? " (this machine)" : "") (\(push))"
        })

    case .noRemote(let remote, let registry):
      .fatal(
        "'\(Quoting.visible(remote))' is not a remote of the registry \(registry.visible)",
        hints:
          "'dev-infra remote add \(Quoting.visible(remote)) URL' adds it, 'dev-infra remote -v' shows those there are"
      )
    case .negativeTimeout(isSetting: false): .usage("a timeout is a number of seconds, or 0 for none")
    case .negativeTimeout(isSetting: true):
      .fatal("dev-infra.timeout is negative: it is a number of seconds, or 0 for none")
    case .transport(let failure): failure.failure
    }
  }
}

extension RegistryStoreError.Subject {
  fileprivate var words: String {
    switch self {
    case .registry(let directory): directory.visible
    case .commit(let commit): "the commit \(commit.hex)"
    case .remote(let name): "the remote '\(Quoting.visible(name))'"
    case .merged(let name): name
    }
  }
}

extension RegistryStoreError.RecordFault {
  fileprivate var words: String {
    switch self {
    case .noTab: "it has no tab before the path"
    case .malformedHead: "before the tab stand the mode and the object"
    case .malformedQuoting: "the path is not quoted as git quotes"
    case .notAnEntry: "the path is not the name of a registry's entry"
    case .removesFormat: "a registry needs its file 'format'"
    case .unknownMode: "the mode of an entry is 100644, or 0 to remove it"
    case .malformedObject(let text): "'\(text)' is not an object's name"
    }
  }
}

extension TransportFailure: ReportedError {
  /// The failure in words.
  public var failure: Failure {
    let action =
      switch action {
      case .fetch: "fetching from"
      case .push: "pushing to"
      }
    var hints = [
      "nothing has been changed here; everything but fetch, push and pull works without the remote"
    ]
    let reason: String
    switch cause {
    case .signal(let signal): reason = "git was ended by signal \(signal)"
    case .silence(let seconds):
      reason = "it said nothing for \(seconds) seconds"
      hints = [
        "nothing has been changed; 'dev-infra config dev-infra.timeout SECONDS' or --timeout allows more, 0 for no limit"
      ]
    case .duration(let seconds):
      reason = "it was not done after \(seconds) seconds"
      hints = [
        "nothing has been changed here; the limit follows 'dev-infra config dev-infra.timeout SECONDS' and --timeout, 0 for none"
      ]
    case .messages(let bytes): reason = "it sends more than \(bytes >> 20) MiB of messages"
    case .pack(let bytes):
      let size = bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
      reason = "the pack that it sends is larger than \(size), the most that is taken"
    case .git(let said): reason = said ?? "git gave no reason"
    case .shallow:
      reason = "its history is cut off, since it is a shallow clone"
      hints = ["'git fetch --unshallow' there brings the rest; nothing has been changed here"]
    case .fewerKeys(let there, let here):
      reason =
        "it is encrypted to \(there) keys, and \(here == 1 ? "only one is" : "only \(here) are") named here; the others could no longer read it"
      hints = [
        "name all of them with 'dev-infra remote set-keys \(Quoting.visible(remote)) KEY...'; nothing has been sent"
      ]
    case .refused(let why, let said):
      reason = "the remote refuses it: \(why)\(said.map { "; \($0)" } ?? "")"
    }
    switch remedy {
    case .bareRepository:
      hints.append(
        "a registry goes into a bare repository, which 'git init --bare' makes: this one has files checked out"
      )
    case .bundle(let path):
      hints.append("'\(Quoting.visible(path))' is a file: a bundle can be pulled from, not pushed to")
    case nil: break
    }
    return Failure(
      status: ExitStatus.fatal,
      message: "\(action) '\(Quoting.visible(remote))' (\(Quoting.visible(url))) failed: \(reason)",
      hints: hints)
  }
}

extension EntryFault: ReportedError {
  /// The fault as a clause.
  public var failure: Failure {
    switch self {
    case .tooLarge(let limit): .fatal("larger than \(limit) bytes")
    case .foreignFormat: .fatal("it is not the format that this version of dev-infra writes")
    case .wrongProject(let id, let named): .fatal("its id is \(id.hex) and its name says \(named.hex)")
    case .wrongMachine(let id, let named): .fatal("its id is \(id.hex) and its name says \(named.hex)")
    case .notOfIdentity: .fatal("its id is not the hash of its identity record")
    }
  }
}

extension StateFault: ReportedError {
  /// The fault as a clause.
  public var failure: Failure {
    switch self {
    case .noCommit: .fatal("its ref leads to something else than a commit")
    case .hasHistory: .fatal("its commit has a parent, and a state has no history")
    case .tooManyFiles: .fatal("it has more files than there can be")
    case .notAFile: .fatal("one of its files is not a regular file")
    case .noRecord: .fatal("it has no machine.json")
    case .fromTheFuture(let time):
      .fatal("it is of \(time), which is more than a day ahead of this machine's clock")
    }
  }
}

extension RegistryBusy: ReportedError {
  /// Who held what, for how long, and how to find it.
  public var failure: Failure {
    let number = seconds == seconds.rounded() && seconds < 1e6 ? "\(Int(seconds))" : "\(seconds)"
    let time = seconds == 60 ? "a minute" : "\(number) seconds"
    return .fatal(
      "another dev-infra command has held the registry \(registry.visible) for \(time); nothing has been changed",
      hints: "wait for it to end, or look for it with 'fuser \(lock.visible)'")
  }
}

extension RemovedFromRegistry: ReportedError {
  /// The error in words.
  public var failure: Failure {
    .no(
      "registering \(path.visible) failed: '\(Quoting.visible(name))' was removed from the registry",
      hints: "'dev-infra register \(path.visible)' brings it back, with what was known of it")
  }
}

extension ProjectDirectory.ForeignWorkTree: ReportedError {
  /// The error in words.
  public var failure: Failure {
    Failure(
      status: ExitStatus.fatal,
      message: "reading the project \(directory.visible) failed: \(objection.sentence)",
      hints: objection.isOfWorktree
        ? ["if it was moved: 'git worktree repair' there tells its repository"] : [])
  }
}

extension ProjectDirectory.ForeignWorkTree.Objection {
  /// Whether it is about the git directory of a linked worktree, which knows only where that was when git last moved it.
  fileprivate var isOfWorktree: Bool {
    switch self {
    case .claim(.oneSided(let gitDirectory, _)), .claim(.otherWorkTree(_, let gitDirectory, _)):
      gitDirectory.removingLastComponent().lastComponent?.string == "worktrees"
    default: false
    }
  }

  /// It as a sentence, safe for a terminal.
  var sentence: String {
    switch self {
    case .claim(let objection): objection.sentence
    case .sharedRepository(let name, let place):
      "it has the repository of '\(Quoting.visible(name))' (\(place.visible)), and none of its own"
    }
  }
}
