import SystemSupport
import ByteStrings
import SystemPackage

/// What of a repository exists here only, by the `git` program, for the formats that libgit2 refuses.
struct GitCLIUnsavedReader {
  let info: RepositoryInfo
  /// The settings that count for it, in git's order.
  let settings: [(key: String, value: String)]
  private let git: GitProgram

  init(at directory: FilePath) throws(GitError) {
    let repository = try CheckedRepository(around: directory)
    info = try GitCLIReader.read(repository)
    var git = GitProgram(reading: repository)
    git.limitForReading(seconds: Limits.filters)
    self.git = git
    settings = GitCLIReader.entries(try git.output(["config", "-z", "--list"]) ?? [])
  }

  /// The last value of a setting.
  func setting(_ key: String) -> String? { settings.last { $0.key == key }?.value }

  func readRefs(_ work: inout UnsavedWork) throws(GitError) {
    let source = try GitCLIRefSource(git, info.commonDirectory)
    let survey = RefSurvey(
      source: source, places: RemotePlaces(settings), email: setting("user.email"),
      common: info.commonDirectory,
      gitDirectory: info.gitDirectory)
    try survey.read(&work)
  }

  /// The submodules of the index.
  func submodules() throws(GitError) -> [String] {
    let output = try git.output(["ls-files", "-z", "--stage", "--full-name", "--", ":(top)"]) ?? []
    return output.split(separator: 0).compactMap { record in
      guard record.starts(with: "160000 ".utf8), let tab = record.firstIndex(of: UInt8(ascii: "\t")) else {
        return nil
      }
      return ByteText.string(from: record[(tab + 1)...])
    }
  }

  /// The files that git is told not to look at, that are there, and that are not what the index has. A file whose content passes
  /// through a filter is not compared.
  static func hidden(_ gitDirectory: FilePath, _ workTree: FilePath) throws(GitError) -> Int {
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: workTree)
    git.limitForReading(seconds: Limits.history)
    git.options += ["--work-tree=\(workTree.text)", "-C", workTree.text]
    let output = try git.output(["ls-files", "-z", "-v", "--stage", "--", ":(top)"]) ?? []
    var count = 0
    var files: [(path: [UInt8], id: [UInt8])] = []
    for record in output.split(separator: 0) {
      guard let flag = record.first, flag == UInt8(ascii: "S") || (0x61...0x7A).contains(flag),
        let tab = record.firstIndex(of: UInt8(ascii: "\t"))
      else { continue }
      let words = record[..<tab].split(separator: UInt8(ascii: " "))
      let path = Array(record[(tab + 1)...])
      guard let status = Stat(at: workTree.pushing(FilePath(bytes: path)), followingLinks: false) else {
        // What a sparse checkout leaves out is not there, and is not changed.
        if flag != UInt8(ascii: "S") && flag != UInt8(ascii: "s") { count += 1 }
        continue
      }
      // A path with a newline cannot be handed over.
      if words.count == 4, words[1].starts(with: "100".utf8), status.kind == .file, !path.contains(0x0A) {
        files.append((path, Array(words[2])))
      } else {
        count += 1
      }
    }
    if files.isEmpty { return count }
    git.input = files.flatMap { $0.path + [UInt8(ascii: "\n")] }
    let ids = (try git.output(["hash-object", "--no-filters", "--stdin-paths"]) ?? [])
      .split(separator: UInt8(ascii: "\n"))
    guard ids.count == files.count else { return count + files.count }
    return count + zip(ids, files).count { !$0.elementsEqual($1.id) }
  }
}

/// The refs of a repository by the `git` program. Objects are called by their names, which are longer where they are SHA-256.
struct GitCLIRefSource: RefSource {
  private struct Object {
    var commit: String?
    var tagger: (email: String, time: Int64)?
  }

  private let git: GitProgram
  private let common: FilePath
  private let all: [(name: String, id: String)]
  private let objects: [String: Object]

  init(_ git: GitProgram, _ common: FilePath) throws(GitError) {
    self.git = git
    self.common = common
    let atoms = [
      "refname", "objectname", "objecttype", "*objectname", "*objecttype", "taggeremail", "taggerdate:unix",
      "symref",
    ]
    let format = "--format=" + atoms.map { "%(\($0))" }.joined(separator: "%00")
    var all: [(String, String)] = []
    var objects: [String: Object] = [:]
    for line in (try git.output(["for-each-ref", format]) ?? []).split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: 0, omittingEmptySubsequences: false).map {
        ByteText.string(from: $0)
      }
      guard fields.count == atoms.count, fields[7].isEmpty else { continue }
      all.append((fields[0], fields[1]))
      let email = String(fields[5].drop { $0 == "<" }.prefix { $0 != ">" })
      objects[fields[1]] = Object(
        commit: fields[2] == "commit" ? fields[1] : fields[4] == "commit" ? fields[3] : nil,
        tagger: Int64(fields[6]).map { (email, $0) })
    }
    self.all = all
    self.objects = objects
  }

  func refs() -> [(name: String, id: String)] { all }

  // One that no ref names is from a reflog, or a HEAD.
  func commit(of id: String) -> String? { objects[id].map { $0.commit } ?? id }

  func id(hex: Substring) -> String? {
    [40, 64].contains(hex.utf8.count) && hex.utf8.contains { $0 != UInt8(ascii: "0") } ? String(hex) : nil
  }

  func hex(of id: String) -> String { id }

  func commits(in tips: [String], beyond known: Set<String>) throws(GitError) -> Set<String> {
    if tips.isEmpty { return [] }
    var git = git
    git.input =
      Array((Set(tips).sorted() + known.sorted().map { "^\($0)" }).joined(separator: "\n").utf8) + [0x0A]
    // What a reflog names may have been collected.
    let output = try git.output(["rev-list", "--ignore-missing", "--stdin"]) ?? []
    return Set(output.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) })
  }

  func tagger(of id: String) -> (email: String, time: Int64)? { objects[id]?.tagger }

  func heads() throws(GitError) -> [(detached: String?, reflog: [ReflogLine<String>])] {
    let names = (try? Files.names(in: common.appending("worktrees"))) ?? []
    let heads = ["main-worktree/HEAD"] + names.map { "worktrees/\(ByteText.string(from: $0))/HEAD" }
    var found: [(detached: String?, reflog: [ReflogLine<String>])] = []
    for head in heads {
      Watch.sign()
      let result = try git.run(["rev-parse", "-q", "--verify", head + "^{commit}"])
      // A branch without a commit, or a work tree that is not there any more.
      guard result.termination == .exited(0) else { continue }
      let id = self.id(hex: String(decoding: result.output, as: UTF8.self).prefix(before: "\n"))
      let isBranch = try git.run(["symbolic-ref", "-q", head]).termination == .exited(0)
      found.append((detached: isBranch ? nil : id, reflog: try reflog(of: head)))
    }
    return found
  }

  private func reflog(of head: String) throws(GitError) -> [ReflogLine<String>] {
    let output = try git.output(["log", "-g", "--format=%H%x00%gs", head, "--"]) ?? []
    let lines = output.split(separator: UInt8(ascii: "\n")).map { line in
      let parts = line.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      return (id: String(decoding: parts[0], as: UTF8.self), message: ByteText.string(from: parts.last ?? []))
    }
    // The newest is first, and each has what HEAD was at afterwards.
    return lines.indices.reversed().map { index in
      ReflogLine(old: index + 1 < lines.count ? lines[index + 1].id : nil, message: lines[index].message)
    }
  }
}
