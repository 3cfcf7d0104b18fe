import ByteStrings
import Git
import GitReporting
import Registry
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import Terminal
import WorkTreeState

/// What exists on this computer only, as `dev-infra state --unsaved` tells it: a path, what kind of thing it is, how many there are
/// and words for people.
struct UnsavedReport {
  struct Finding {
    let path: String
    let kind: String
    let count: Int
    let detail: String
  }

  private(set) var findings: [Finding] = []

  private mutating func add(_ path: String, _ kind: String, _ count: Int, _ detail: String) {
    if count > 0 { findings.append(Finding(path: path, kind: kind, count: count, detail: detail)) }
  }

  // MARK: Repositories

  /// Takes what a checkout has.
  mutating func take(_ path: FilePath, _ result: Result<UnsavedWork, GitError>) {
    let name = path.text
    if Files.isMissing(path) {
      return add(name, "missing", 1, "the directory is gone: what was in it is not known")
    }
    switch result {
    case .failure(let error) where error.kind == .notARepository:
      add(name, "norepository", 1, "it is not a repository: its files are here only")
    case .failure(let error): add(name, "error", 1, error.message)
    case .success(let work): take(name, work)
    }
  }

  private mutating func take(_ path: String, _ work: UnsavedWork) {
    let state = work.state
    if let operation = state.operation { add(path, "operation", 1, "\(operation.rawValue) in progress") }
    add(path, "conflicted", state.conflicted, Self.count(state.conflicted, "file") + " in conflict")
    add(path, "staged", state.staged, Self.count(state.staged, "file") + " staged")
    add(path, "changed", state.changed, Self.count(state.changed, "file") + " changed")
    add(
      path, "hidden", work.hidden,
      Self.count(work.hidden, "changed file") + " that git is told not to look at")
    add(path, "unsure", state.unsure, Self.count(state.unsure, "file") + " that cannot be judged")
    add(path, "untracked", state.untracked, "\(state.untracked) untracked")
    add(path, "ignored", work.ignoredHere, "\(work.ignoredHere) ignored by rules of this computer only")
    add(path, "stashes", state.stashes, Self.count(state.stashes, "stash", "stashes"))
    if work.commits > 0 {
      let sources = work.sources.prefix(4).map { Quoting.visible($0) }.joined(separator: ", ")
      let more = work.sources.count > 4 ? " and \(work.sources.count - 4) more" : ""
      let of = sources.isEmpty ? "" : " (\(sources)\(more))"
      add(path, "commits", work.commits, Self.count(work.commits, "commit") + " on no remote\(of)")
    }
    add(path, "tags", work.tags.count, Self.list("tag", work.tags) + " not known to be on a remote")
    add(path, "notes", work.notes.count, Self.list("ref", work.notes) + " not known to be on a remote")
    add(
      path, "lfs", work.lfsFiles, Self.count(work.lfsFiles, "file") + " of Git LFS not known to be uploaded")
    if !work.hasRemoteElsewhere, work.commits > 0 {
      let here = work.remotesHere.map { Quoting.visible($0) }.joined(separator: ", ")
      add(path, "noremote", 1, here.isEmpty ? "no remote" : "no remote elsewhere (\(here): on this computer)")
    }
    if work.isPartial {
      add(
        path, "partial", 1,
        "a format that libgit2 does not read: ignored files, reflogs, worktrees, submodules and Git LFS were not looked at"
      )
    }
    for part in work.parts {
      if let error = part.error {
        add(part.path.text, "error", 1, error)
      } else if let inner = part.work {
        take(part.path.text, inner)
      }
    }
  }

  private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  private static func list(_ noun: String, _ names: [String]) -> String {
    let shown = names.prefix(4).map { Quoting.visible($0) }.joined(separator: ", ")
    return "\(noun)\(names.count == 1 ? "" : "s") \(shown)"
      + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }

  // MARK: The registry, and what is in no project

  /// Takes what the registry has that is on no remote elsewhere.
  mutating func takeRegistry(_ store: borrowing RegistryStore) throws {
    let path = store.directory.text
    let configuration = try store.repository.configuration()
    var least: Int?
    for name in try store.remotes() {
      guard try configuration.isRemoteElsewhere(name) else { continue }
      let status: SyncStatus = try store.status(of: RemoteBranch(name, in: store))
      least = min(least ?? status.toPush, status.toPush)
    }
    guard let least else {
      let count = try store.view().rows.count
      return add(
        path, "registry", count, "the registry has no remote elsewhere (\(Self.count(count, "project")))")
    }
    add(path, "registry", least, "\(Self.count(least, "project")) of the registry to push")
  }

  /// Takes what was found below a directory.
  mutating func take(_ items: [OutsideFiles.Item]) {
    for item in items {
      switch item {
      case .repository(let path): add(path.text, "unregistered", 1, "a repository that is not registered")
      case .file(let path): add(path.text, "file", 1, "a file in no repository")
      case .directory(let path, let files):
        add(path.text, "files", files, "\(Self.count(files, "file")) in no repository")
      case .unreadable(let path, let reason): add(path.text, "error", 1, "it cannot be read: \(reason)")
      }
    }
  }

  // MARK: What is printed

  /// One JSON array, an object a finding.
  var json: JSON {
    .array(
      findings.map { finding in
        .object([
          "path": .string(JSONText.path(finding.path)), "kind": .string(finding.kind),
          "count": .number(String(finding.count)), "detail": .string(finding.detail),
        ])
      })
  }

  /// Writes a record a finding, or for people a line a place.
  func write(z: Bool, json: Bool) throws {
    var output = Output(RecordFormat(z: z))
    if json {
      try output.write(self.json.canonical)
    } else if !z, Terminal.isTerminal(1) {
      let home = Environment.home?.text
      for path in places {
        var shown = path
        if let home, path.begins(with: home + "/") { shown = "~" + path.dropFirst(home.count) }
        try output.line(Quoting.visible(shown))
        for finding in findings where finding.path.hasSameBytes(as: path) {
          try output.line("    \(finding.detail)")
        }
      }
      try output.line(
        findings.isEmpty
          ? "nothing is on this machine only"
          : "\(places.count) place\(places.count == 1 ? "" : "s") with what is on this machine only")
    } else {
      let format = RecordFormat(z: z)
      for finding in findings {
        try output.record(
          formatted: format.field(finding.path) + Array("\t\(finding.kind)\t\(finding.count)\t".utf8)
            + format.field(finding.detail))
      }
    }
    try output.flush()
  }

  private var places: [String] {
    var seen: Set<ByteString> = []
    return findings.map(\.path).filter { seen.insert(ByteString($0)).inserted }
  }
}
