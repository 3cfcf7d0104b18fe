import ByteStrings
public import Cloning
import Git
import Registry
import SystemSupport
public import Terminal

extension CloningError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .noHome: .fatal("cloning failed: HOME is not set to an absolute path")
    case .relativeRoot(let root):
      .fatal("dev-infra.root is '\(Quoting.visible(root))', and not an absolute path")
    case .unknownLayout(let name):
      .fatal(
        "dev-infra.layout is '\(Quoting.visible(name))'; it is '\(Layout.url.rawValue)' or '\(Layout.home.rawValue)'"
      )

    case .noURL: .fatal("it has no remote URL")
    case .noneMatches(let glob): .no("no project matches '\(Quoting.visible(glob))'")
    case .refusedURL(let error): .no("the URL is refused: \(error.sentence)")
    case .damagedID: .fatal("its id is damaged")
    case .onNoMachine: .fatal("no machine has it")
    case .urlWithoutPath(let url): .fatal("its URL \(Quoting.visible(url)) has no path")
    case .hiddenHost(let host):
      .fatal("the host '\(Quoting.visible(host))' of its URL begins with a dot")
    case .outsideHomeThere(let path):
      .fatal("it is at \(path.visible) there, which is not below the home directory")
    case .outsideHome(let place): .fatal("\(place.visible) is not below the home directory")
    case .hiddenName(let name, let place):
      .fatal(
        "'\(Quoting.visible(name))' in '\(place.visible)' begins with a dot, where programs keep their settings",
        hints: "clone it yourself, and 'dev-infra register DIR'")
    case .programsDirectory(let directory):
      .fatal(
        "\(directory.visible), where programs are looked for, would come from another machine",
        hints: "clone it yourself, and 'dev-infra register DIR'")
    case .tooManyNames(let place, let limit):
      .fatal("'\(Quoting.visible(place))' has more than \(limit) names")
    case .unusableName(let name, let place, let fault):
      .fatal("'\(Quoting.visible(name))' in '\(Quoting.visible(place))' \(fault.words)")
    case .placeTaken(let place, let name):
      .fatal("\(place.visible) is where \(Quoting.visible(name)) goes")

    case .occupied(let place):
      .fatal("something already exists at \(place.visible), and is left as it is")
    case .replacedMeanwhile(let path): .fatal("\(path.visible) was replaced meanwhile")
    case .repositoryOnTheWay(let path):
      .fatal("\(path.visible) is a repository, and nothing is cloned into one")
    case .linkOnTheWay(let path): .fatal("\(path.visible) is a symbolic link, which is not followed")

    case .failed(let status, let reason): .fatal(reason ?? "git ended with status \(status)")
    case .signalled(let signal): .fatal("git was ended by signal \(signal)")
    case .hostNotReached(let host):
      .fatal("\(Quoting.visible(host)) was not reached for others, and is not tried again")
    case .submodulesNotCloned(let name, let reason):
      .fatal(
        "cloning the submodules of \(Quoting.visible(name)) failed: \(reason)",
        hints: "the clone itself is kept")
    case .silent(let seconds):
      .fatal(
        "git said nothing for \(seconds) seconds",
        hints: "'dev-infra config dev-infra.timeout SECONDS' allows more, 0 has no limit")

    case .notPlanned(let name, let error):
      Failure(error).during("\(Quoting.visible(name)) cannot be cloned")
    case .notCloned(let name, let url, let error):
      Failure(error).during("cloning \(Quoting.visible(name)) from \(Quoting.visible(url)) failed")
    }
  }
}

extension CloningError.NameFault {
  fileprivate var words: String {
    switch self {
    case .notAName: "is not a name for a directory"
    case .option: "would be taken for an option"
    case .longerThan(let bytes): "is longer than \(bytes) bytes"
    case .gitsOwn: "is git's own"
    }
  }
}

extension CloneNotice {
  /// Says it, as a note or a warning.
  public func report() {
    switch self {
    case .isHere(let name, let path):
      Messages.note("\(Quoting.visible(name)) is here already (\(Quoting.visible(path)))")
    case .isHereMoved(let name, let from, let to):
      Messages.note("\(Quoting.visible(name)) is here already, moved (\(from.visible) -> \(to.visible))")
    case .withoutURL(let names):
      let first = names.prefix(5).map { Quoting.visible($0) }.joined(separator: ", ")
      Messages.warning(
        "\(names.count) without a remote URL cannot be cloned: \(first)\(names.count > 5 ? ", …" : "")")
    case .urlShortened(let url):
      let what = url.droppedSecret ? "what may be secret in the URL" : "the user name in the URL"
      Messages.warning("\(what) was left out of it: \(Quoting.visible(url.stored))")
    }
  }
}

extension CloneWarning {
  /// The warning as one sentence, safe for a terminal.
  public var sentence: String {
    switch self {
    case .endedLate(let name, let ending):
      "cloning \(Quoting.visible(name)): \(ending.words) after all files were checked out, "
        + "as a hook post-checkout that fails makes it; the clone is kept"
    case .said(let name, let warning): "cloning \(Quoting.visible(name)): \(warning)"
    case .remoteLeftOut(let name, let remote, let reason):
      "cloning \(Quoting.visible(name)): the remote '\(Quoting.visible(remote))' is left out: "
        + (reason ?? "git gave no reason")
    case .remoteNotAdded(let name, let error): "cloning \(Quoting.visible(name)): \(error.message)"
    case .workTreeLeftOut(let name, let path, let fault):
      "cloning \(Quoting.visible(name)): the worktree \(path.visible) is left out: \(fault.words)"
    }
  }
}

extension CloneWarning.WorkTreeFault: ReportedError {
  /// The fault in words.
  public var failure: Failure { .no(words) }

  fileprivate var words: String {
    switch self {
    case .isElsewhere: "it is neither in the clone nor beside it"
    case .isTaken: "something else is there, or goes there"
    case .branchIsNotThere(let branch): "its branch '\(Quoting.visible(branch))' is not at the remote"
    case .commitIsNotThere(let commit): "the commit \(commit.prefix(12)) that it is at is not at the remote"
    case .branchIsUnknown: "which branch it has is not known, and none is called as it is"
    case .git(let reason): reason ?? "git gave no reason"
    case .failed(let error): Failure(error).message
    }
  }
}

extension CloneWarning.Ending {
  fileprivate var words: String {
    switch self {
    case .exited(let status): "git ended with status \(status)"
    case .signalled(let signal): "git was ended by signal \(signal)"
    case .silent: "git said nothing more"
    }
  }
}
