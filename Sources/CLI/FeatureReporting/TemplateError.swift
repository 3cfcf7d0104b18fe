import ByteStrings
import Metadata
import Registry
import SystemPackage
import SystemSupport
public import Templates
public import Terminal

extension TemplateError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .unusableDirectory(let path): .usage("'\(Quoting.visible(path))' cannot be a project's directory")
    case .unusableName(let name):
      .usage(
        "'\(Quoting.visible(name))' cannot be a project's name: it has a control character or is not UTF-8")
    case .emptyTemplateName: .usage("a template's name cannot be empty")
    case .refusedURL(let error): .fatal(error.sentence, hints: "nothing has been made")
    case .malformedReference(let reference):
      .usage("'\(Quoting.visible(reference))' is not a branch, tag or commit of a template")
    case .unknownTemplate(let name, let known):
      .fatal(
        "there is no template '\(Quoting.visible(name))'",
        hints:
          "there are: \(known.isEmpty ? "none" : known.map { Quoting.visible($0) }.joined(separator: ", "))",
        "a directory is named with a slash (./\(Quoting.visible(name))), a repository by its URL")

    case .occupied(let place):
      .fatal(
        "making the project \(place.visible) failed: something already exists there",
        hints: "nothing has been changed")
    case .unusablePlace(let error): .fatal(Failure(error).message, hints: "nothing has been changed")
    case .noAuthor:
      .fatal(
        "making a project failed: git does not know who you are, and its first commit needs an author",
        hints: "git config --global user.name 'Your Name'", "git config --global user.email you@example.org",
        "nothing has been made; --no-git makes a project without a repository")
    case .git(let step, let ending):
      Failure(
        status: ExitStatus.fatal, message: "\(step.words) failed: \(ending.words)",
        hints: step.hint.map { [$0] } ?? [])
    case .unusableTemplate(let url, let fault):
      .fatal(
        "the template \(Quoting.visible(url)) cannot be used: \(fault.words)", hints: "nothing has been made")
    case .malformedMetadata(let error):
      .fatal(
        "writing .dev-infra.yml failed: what the template makes of it, line \(error.line): \(error.message)",
        hints: "nothing has been made")
    case .notRegistered(let directory, let error): Self.notRegistered(directory, error)
    }
  }

  private static func notRegistered(_ directory: FilePath, _ error: (any Error)?) -> Failure {
    let failure = error.map { Failure($0) } ?? .fatal("nothing was registered")
    return Failure(
      status: ExitStatus.no,
      message: "the project \(directory.visible) is made; registering it failed: \(failure.message)",
      hints: failure.hints + ["'dev-infra register \(Quoting.visible(directory.text))' registers it"])
  }
}

extension TemplateError.Step {
  fileprivate var words: String {
    switch self {
    case .makeRepository: "making the repository"
    case .addRemote: "adding the remote"
    case .addFiles: "adding the project's files"
    case .commit: "making the first commit"
    case .prepareCopy(let url): "making a copy of the template \(Quoting.visible(url))"
    case .fetch(let url): "fetching the template \(Quoting.visible(url))"
    case .checkOut(let url): "checking out the template \(Quoting.visible(url))"
    }
  }

  fileprivate var hint: String? {
    switch self {
    case .makeRepository, .addRemote, .addFiles: nil
    case .commit: "nothing has been made; a hook of yours may have refused the commit"
    case .prepareCopy, .fetch, .checkOut:
      "the template is named as URL or URL#REF; nothing has been made"
    }
  }
}

extension TemplateError.Ending {
  fileprivate var words: String {
    switch self {
    case .failed(let reason): reason ?? "git gave no reason"
    case .signalled(let signal): "git was ended by signal \(signal)"
    case .silent: "it said nothing for too long (dev-infra.timeout)"
    case .unfinished(let seconds): "it was not done after \(seconds) seconds (dev-infra.timeout)"
    case .messages(let bytes): "it sends more than \(bytes >> 20) MiB of messages"
    }
  }
}

extension TemplateError.Fault {
  fileprivate var words: String {
    switch self {
    case .noCommit: "it has no commit"
    case .moreFiles(let limit): "it has more than \(limit) files"
    case .file(let name): "it has a file '\(Quoting.visible(name))'"
    case .deeper(let limit): "it is deeper than \(limit) directories"
    case .larger(let limit): "it has more than \(limit >> 20) MiB"
    }
  }
}

extension TemplateNotice {
  /// The notice as one sentence, safe for a terminal.
  public var sentence: String {
    switch self {
    case .secretsOfRemoteDropped:
      "the user, password and query of the remote's URL are not used; git's credential helpers keep them"
    case .secretsOfTemplateDropped:
      "the user, password and query of the template's URL are not used; git's credential helpers keep them"
    case .usesFormerCopy(let error):
      "\(error.failure.message); the copy that was fetched before is used"
    }
  }
}
