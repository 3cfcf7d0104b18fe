import ByteStrings
import SystemPackage
import SystemSupport

/// Which differences of submodules git is told not to show: by settings, else by `.gitmodules` (gitmodules(5)).
///
/// libgit2 1.5.1 heeds only the file, and ignores a submodule whose name is not its path.
struct SubmoduleRules {
  /// What is not shown of a submodule; each takes in those before it.
  enum Ignored: Int, Comparable {
    case none, untracked, dirty, all

    init?(word: String) {
      switch word {
      case "none": self = .none
      case "untracked": self = .untracked
      case "dirty": self = .dirty
      case "all": self = .all
      default: return nil
      }
    }

    /// What holds where nothing is said of a submodule.
    ///
    /// - Parameters:
    ///   - word: `diff.ignoreSubmodules`; nil where it is not set.
    ///   - showsUntracked: whether git looks for untracked files at all.
    init(forAll word: String?, showsUntracked: Bool) {
      let given = word.flatMap { Ignored(word: $0) } ?? .none
      self = given == .none && !showsUntracked ? .untracked : given
    }

    /// Whether a difference of a submodule is not shown.
    func hides(_ difference: StateReader.SubmoduleDifference) -> Bool {
      switch difference {
      case .none: true
      case .untracked: self >= .untracked
      case .content, .unsure: self >= .dirty
      case .commit: self == .all
      }
    }

    static func < (left: Ignored, right: Ignored) -> Bool { left.rawValue < right.rawValue }
  }

  private let workTree: FilePath
  /// What the file says of the submodules at some paths, read when it is first asked for: most do not differ.
  private var known: [ByteString: (name: String, ignored: Ignored?)]?

  init(_ workTree: FilePath) { self.workTree = workTree }

  /// What is not shown of the submodule at a path; nil where nothing is said of it.
  ///
  /// - Parameter setting: tells what a key is set to.
  mutating func ignored(_ path: String, setting: (String) -> String?) throws(GitError) -> Ignored? {
    let all: [ByteString: (name: String, ignored: Ignored?)]
    if let known { all = known } else { all = try read() }
    known = all
    guard let (name, ignored) = all[ByteString(path)] else { return nil }
    return setting("submodule.\(name).ignore").flatMap { Ignored(word: $0) } ?? ignored
  }

  private func read() throws(GitError) -> [ByteString: (name: String, ignored: Ignored?)] {
    let file = workTree.appending(".gitmodules")
    guard Files.kind(of: file, followingLinks: false) == .file else { return [:] }
    var git = GitProgram(outsideRepositories: .foreign)
    git.limitForReading()
    let output = try git.output(["config", "--file", file.text, "--no-includes", "-z", "--list"]) ?? []
    var paths: [ByteString: ByteString] = [:]
    var words: [ByteString: String] = [:]
    for (key, value) in GitCLIReader.entries(output) {
      if let name = RemoteSettings.subsection(of: key, in: "submodule.", variable: ".path") {
        paths[ByteString(value)] = ByteString(name)
      } else if let name = RemoteSettings.subsection(of: key, in: "submodule.", variable: ".ignore") {
        words[ByteString(name)] = value
      }
    }
    return paths.mapValues { ($0.text, words[$0].flatMap { Ignored(word: $0) }) }
  }
}
