import SystemSupport
import ByteStrings
import SystemPackage

/// The content that git-annex keeps in a repository, beside git's own objects.
///
/// The branch `git-annex` says which repositories have a file's content, in a file for each key; a journal has what is not
/// committed there yet (git-annex's documentation, `internals` and `location_tracking`). Nothing of git-annex is run.
struct AnnexStore {
  private let gitDirectory: FilePath
  private let common: FilePath
  /// The UUIDs of the repositories that do not count as elsewhere: this one, and those on this computer.
  private let here: Set<String>
  private let isKnown: Bool

  private typealias Key = [UInt8]

  /// - Parameters:
  ///   - gitDirectory: of the work tree that is looked at.
  ///   - entries: settings in git's order, with normalised keys.
  init(_ gitDirectory: FilePath, _ common: FilePath, _ entries: [(key: String, value: String)]) {
    self.gitDirectory = gitDirectory
    self.common = common
    let own = entries.last { $0.key == "annex.uuid" }?.value
    isKnown = own != nil
    here = Set([own].compactMap { $0 }).union(Self.onThisComputer(entries))
  }

  /// The repositories of remotes on this computer: git's, and the special ones of git-annex that are a directory.
  private static func onThisComputer(_ entries: [(key: String, value: String)]) -> Set<String> {
    func value(_ remote: String, _ variable: String) -> String? {
      entries.last { $0.key.hasSameBytes(as: "remote.\(remote).\(variable)") }?.value
    }
    let gitRemotes = RemotePlaces(entries).remotes
    let place = RemotePlace(rewrites: URLRewrites([]), pushRewrites: URLRewrites([]))
    var found: Set<String> = []
    for (key, uuid) in entries {
      guard let name = RemoteSettings.subsection(of: key, in: "remote.", variable: ".annex-uuid") else {
        continue
      }
      let isHere =
        gitRemotes.contains { $0.name.hasSameBytes(as: name) && !$0.isElsewhere }
        || value(name, "annex-directory") != nil
        || ["annex-rsyncurl", "annex-buprepo", "annex-borgrepo", "annex-ddarrepo"].contains { variable in
          value(name, variable).map { !place.isElsewhere($0) } ?? false
        }
      if isHere { found.insert(uuid) }
    }
    return found
  }

  /// How many files' content no repository elsewhere is known to have.
  func unshown() throws(GitError) -> Int {
    let keys = kept()
    guard !keys.isEmpty else { return 0 }
    guard isKnown else { return keys.count }
    var git = try GitProgram(readingGitDirectory: gitDirectory, workTree: nil)
    git.limitForReading(seconds: Limits.filters)
    let branches = try branches(git)
    let gone = try unreliable(git, branches)
    var logs = journals(of: keys)
    for (key, log) in try locations(of: keys, git, branches) { logs[key, default: []] += log }
    return keys.count { key in
      Watch.sign()
      return !Self.places(in: logs[key] ?? []).contains { !here.contains($0) && !gone.contains($0) }
    }
  }

  // MARK: What is here

  /// The keys whose content is here: each in a directory of its name, two levels below.
  private func kept() -> Set<Key> {
    var keys: Set<Key> = []
    var folders = [(common.pushing(FilePath("annex/objects")), 0)]
    while let (folder, level) = folders.popLast() {
      Watch.sign()
      guard Files.kind(of: folder, followingLinks: false) == .directory else { continue }
      for name in (try? Files.names(in: folder)) ?? [] {
        let path = folder.pushing(FilePath(bytes: name))
        if level < 2 {
          folders.append((path, level + 1))
        } else if Files.kind(of: path.pushing(FilePath(bytes: name)), followingLinks: false) == .file {
          keys.insert(name)
        }
      }
    }
    return keys
  }

  // MARK: Where else it is

  private func branches(_ git: GitProgram) throws(GitError) -> [String] {
    // Remotes' branches count as well: git-annex merges them when it is used next.
    let output =
      try git.output([
        "for-each-ref", "--format=%(objectname)", "refs/heads/git-annex", "refs/remotes/**/git-annex",
      ]) ?? []
    let all = output.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func locations(
    of keys: Set<Key>, _ git: GitProgram, _ branches: [String]
  ) throws(GitError) -> [(Key, [UInt8])] {
    var blobs: [(key: Key, id: [UInt8])] = []
    for branch in branches {
      let output = try git.output(["ls-tree", "-r", "-z", "--full-tree", branch]) ?? []
      for record in output.split(separator: 0) {
        guard let tab = record.firstIndex(of: UInt8(ascii: "\t")) else { continue }
        let words = record[..<tab].split(separator: UInt8(ascii: " "))
        let name = record[(tab + 1)...]
        guard words.count == 3, name.suffix(4).elementsEqual(".log".utf8) else { continue }
        let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? name.startIndex
        let key = Array(name[start...].dropLast(4))
        if keys.contains(key) { blobs.append((key, Array(words[2]))) }
      }
      Watch.sign()
    }
    return Array(zip(blobs.map(\.key), try Self.contents(of: blobs.map(\.id), git)))
  }

  /// The blobs of these names, in their order.
  private static func contents(of ids: [[UInt8]], _ git: GitProgram) throws(GitError) -> [[UInt8]] {
    guard !ids.isEmpty else { return [] }
    var git = git
    git.input = Array(ids.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
    let output = try git.output(["cat-file", "--batch"]) ?? []
    var found: [[UInt8]] = []
    var rest = output[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      // `<name> blob <size>`, or `<name> missing`.
      let words = rest[..<end].split(separator: UInt8(ascii: " "))
      rest = rest[(end + 1)...]
      guard words.count == 3, let size = Int(String(decoding: words[2], as: UTF8.self)), size < rest.count
      else {
        found.append([])
        continue
      }
      found.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size + 1)
    }
    guard found.count == ids.count else {
      throw GitError(.other, "reading", "git-annex", reason: "its logs could not be read")
    }
    return found
  }

  /// What git-annex has noted and not committed yet. `/` is `_` in the names there, and `_` is `__`.
  private func journals(of keys: Set<Key>) -> [Key: [UInt8]] {
    var logs: [Key: [UInt8]] = [:]
    for directory in Set([common, gitDirectory]) {
      for journal in ["annex/journal", "annex/journal-private"] {
        let folder = directory.pushing(FilePath(journal))
        for name in (try? Files.names(in: folder)) ?? [] {
          Watch.sign()
          // Two parts of three characters are before the key.
          guard name.count > 12, name.suffix(4).elementsEqual(".log".utf8),
            name[3] == UInt8(ascii: "_"), name[7] == UInt8(ascii: "_")
          else { continue }
          let key = Self.unescaped(name.dropFirst(8).dropLast(4))
          guard keys.contains(key),
            let log = try? Files.read(folder.pushing(FilePath(bytes: name)), limit: Limits.list)
          else { continue }
          logs[key, default: []] += log + [UInt8(ascii: "\n")]
        }
      }
    }
    return logs
  }

  private static func unescaped(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isSecond = false
    for byte in name {
      isSecond = byte == UInt8(ascii: "_") && result.last == byte && !isSecond
      if !isSecond { result.append(byte) }
    }
    return result
  }

  /// The repositories that have a key, by its log: lines of a time, `1` for there, and a UUID; of each UUID the last counts.
  private static func places(in log: [UInt8]) -> Set<String> {
    var last: [String: (time: Double, isThere: Bool)] = [:]
    for line in log.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      guard words.count == 3 else { continue }
      let time = Double(words[0].utf8.last == UInt8(ascii: "s") ? String(words[0].dropLast()) : words[0]) ?? 0
      if let known = last[words[2]], known.time > time { continue }
      last[words[2]] = (time, words[1] == "1")
    }
    return Set(last.filter(\.value.isThere).keys)
  }

  /// The repositories that git-annex is told are dead, or not to be trusted to still have what they had.
  private func unreliable(_ git: GitProgram, _ branches: [String]) throws(GitError) -> Set<String> {
    var log: [UInt8] = []
    for branch in branches {
      let output = try git.output(["ls-tree", "-z", "--full-tree", branch, "trust.log"]) ?? []
      guard let tab = output.firstIndex(of: UInt8(ascii: "\t")),
        let id = output[..<tab].split(separator: UInt8(ascii: " ")).last
      else { continue }
      log += try Self.contents(of: [Array(id)], git).joined() + [UInt8(ascii: "\n")]
    }
    for directory in Set([common, gitDirectory]) {
      log +=
        (try? Files.read(directory.pushing(FilePath("annex/journal/trust.log")), limit: Limits.list)) ?? []
    }
    var last: [String: (time: Double, isBad: Bool)] = [:]
    for line in log.split(separator: UInt8(ascii: "\n")) {
      // `<UUID> X timestamp=1317929189.157237s`
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      guard words.count >= 2 else { continue }
      let stamp = words.last { $0.begins(with: "timestamp=") }?.dropFirst(10).prefix { $0 != "s" }
      let time = stamp.flatMap { Double($0) } ?? 0
      if let known = last[words[0]], known.time > time { continue }
      last[words[0]] = (time, words[1] == "X" || words[1] == "0")
    }
    return Set(last.filter(\.value.isBad).keys)
  }
}
