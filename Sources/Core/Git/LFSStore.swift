import SystemSupport
import ByteStrings
import SystemPackage

/// The files that Git LFS keeps in a repository.
struct LFSStore {
  private let common: FilePath
  private let settings: LFSSettings

  init(_ common: FilePath, _ settings: LFSSettings) {
    self.common = common
    self.settings = settings
  }

  /// How many files nothing shows to be uploaded: all, where pushing goes past Git LFS, or where it is set to store them on this
  /// computer. Otherwise what is pushed is uploaded first, and what is not pushed counts as that.
  ///
  /// - Parameter workTree: where its `.lfsconfig` is; nil for a bare repository.
  func unshown(hasRemoteElsewhere: Bool, workTree: FilePath?) throws(GitError) -> Int {
    let objects = storage.appending("objects")
    guard Files.kind(of: objects, followingLinks: false) == .directory else { return 0 }
    let isStoredHere = try settings.isStoredHere(beside: Self.committed(in: workTree))
    return hasRemoteElsewhere && hasHook && !isStoredHere ? 0 : count(objects, 0)
  }

  /// Where its files are: `lfs.storage`, from the git directory.
  private var storage: FilePath {
    guard let path = settings.storage, !path.isEmpty else { return common.appending("lfs") }
    return Self.path(path, from: common)
  }

  private var hasHook: Bool {
    var folder = common.appending("hooks")
    if let path = settings.hooksPath, !path.isEmpty {
      folder = Self.path(path, from: common.removingLastComponent())
    }
    let hook = folder.appending("pre-push")
    guard Files.isExecutable(hook), let bytes = try? Files.read(hook, limit: Limits.list)
    else { return false }
    return String(decoding: bytes, as: UTF8.self).holds(text: "lfs")
  }

  private static func path(_ text: String, from directory: FilePath) -> FilePath {
    text.begins(with: "~/")
      ? (Environment.home ?? "/").pushing(FilePath(text: String(text.dropFirst(2))))
      : FilePath(text: text).absolute(against: directory)
  }

  /// What the project itself says in `.lfsconfig`, a file in the format of git's configuration.
  private static func committed(in workTree: FilePath?) throws(GitError) -> [(key: String, value: String)] {
    guard let file = workTree?.appending(".lfsconfig"), Files.kind(of: file) == .file else { return [] }
    var git = GitProgram(outsideRepositories: .foreign)
    git.limitForReading()
    // As Git LFS reads it: what it includes does not count.
    let output = try git.output(["config", "--file", file.text, "--no-includes", "-z", "--list"]) ?? []
    return GitCLIReader.entries(output)
  }

  private func count(_ folder: FilePath, _ level: Int) -> Int {
    Watch.sign()
    guard level <= 2, let names = try? Files.names(in: folder) else { return 0 }
    return names.reduce(0) { sum, name in
      let path = folder.pushing(FilePath(bytes: name))
      switch Files.kind(of: path, followingLinks: false) {
      case .directory: return sum + count(path, level + 1)
      case .file: return sum + 1
      default: return sum
      }
    }
  }
}

/// The settings by which Git LFS uploads.
struct LFSSettings {
  /// The setting `core.hooksPath`; nil where it is not set.
  let hooksPath: String?
  /// The setting `lfs.storage`, the directory of the objects; nil where it is not set.
  let storage: String?
  private let entries: [(key: String, value: String)]

  /// - Parameter configuration: the repository's, with all that counts for it.
  init(of configuration: borrowing Configuration) throws(GitError) {
    self.init(
      try configuration.entries { key in
        CStrings.begins(key, with: "lfs.") || CStrings.begins(key, with: "remote.")
          || CStrings.areEqual(key, "core.hookspath")
      })
  }

  /// - Parameter entries: settings in git's order, with normalised keys; others may be among them.
  init(_ entries: [(key: String, value: String)]) {
    func last(_ key: String) -> String? { entries.last { $0.key == key }?.value }
    hooksPath = last("core.hookspath")
    storage = last("lfs.storage")
    self.entries = entries.filter { Self.isURL($0.key) }
  }

  /// Whether files are uploaded to this computer.
  ///
  /// - Parameter committed: what the project's own file says, which counts where the settings do not say otherwise.
  func isStoredHere(beside committed: [(key: String, value: String)]) -> Bool {
    let place = RemotePlace(rewrites: URLRewrites([]), pushRewrites: URLRewrites([]))
    let others = committed.filter { other in
      Self.isURL(other.key) && !entries.contains { $0.key.hasSameBytes(as: other.key) }
    }
    return (entries + others).contains { !place.isElsewhere(urls: [$0.value], pushes: []) }
  }

  private static func isURL(_ key: String) -> Bool {
    key == "lfs.url" || key == "lfs.pushurl"
      || key.begins(with: "remote.") && (key.ends(with: ".lfsurl") || key.ends(with: ".lfspushurl"))
  }
}
