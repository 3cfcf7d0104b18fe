import ByteStrings
import Git
public import WorkTreeState

extension UnsavedFindings.Finding {
  /// What was found, as a clause, safe for a terminal.
  public var detail: String {
    switch fact {
    case .missing: "the directory is gone: what was in it is not known"
    case .notARepository: "it is not a repository: its files are here only"
    case .unreadable(let reason): reason
    case .operation(let operation): "\(operation.rawValue) in progress"
    case .conflicted: "\(number("file")) in conflict"
    case .staged: "\(number("file")) staged"
    case .changed: "\(number("file")) changed"
    case .hidden: "\(number("changed file")) that git is told not to look at"
    case .unsure: "\(number("file")) that cannot be judged"
    case .untracked: "\(count) untracked"
    case .ignored: "\(count) ignored by rules of this computer only"
    case .stashes: number("stash", "stashes")
    case .commits(let sources):
      "\(number("commit")) on no remote" + (sources.isEmpty ? "" : " (\(Self.some(of: sources)))")
    case .tags(let names): "\(named("tag", names)) not known to be on a remote"
    case .notes(let names): "\(named("ref", names)) not known to be on a remote"
    case .lfs: "\(number("file")) of Git LFS not known to be uploaded"
    case .annex: "\(number("file")) whose content git-annex knows of nowhere else"
    case .noRemote(let here):
      here.isEmpty
        ? "no remote"
        : "no remote elsewhere (\(here.map { Quoting.visible($0) }.joined(separator: ", ")): on this computer)"
    case .partial(let aspects):
      "this could not be looked at, and may hold what is here only: "
        + aspects.map(\.words).joined(separator: ", ")
    case .workTreeElsewhere:
      "the files of the work tree that this is used with (git --work-tree) have not been looked at"
    case .registryToPush: "\(number("project")) of the registry to push"
    case .registryWithoutRemote: "the registry has no remote elsewhere (\(number("project")))"
    case .unregistered: "a repository that is not registered"
    case .file: "a file in no repository"
    case .files: "\(number("file")) in no repository"
    }
  }

  private func number(_ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
  }

  private func named(_ noun: String, _ names: [String]) -> String {
    "\(noun)\(names.count == 1 ? "" : "s") \(Self.some(of: names))"
  }

  private static func some(of names: [String]) -> String {
    let shown = names.prefix(4).map { Quoting.visible($0) }.joined(separator: ", ")
    return shown + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }
}

extension UnsavedWork.Aspect {
  fileprivate var words: String {
    switch self {
    case .refs: "commits, tags and reflogs"
    case .hiddenFiles: "files that git is told not to look at"
    case .ignoredFiles: "ignored files"
    case .lfs: "Git LFS"
    case .annex: "content of git-annex"
    case .submodules: "submodules"
    }
  }
}
