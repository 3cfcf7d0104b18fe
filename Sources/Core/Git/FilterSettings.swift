import ByteStrings
public import SystemPackage
import SystemSupport

/// The filters of gitattributes(5) that settings define, and who defined them.
///
/// libgit2 compares a file with its blob and knows none of these filters, so a file that passes one differs always. A filter of
/// the user's, from their own settings, is run as git runs it. One that only a repository defines is never run: then nobody can
/// say whether the file differs. Files of Git LFS are judged without any program: their blob has the checksum of the file.
struct FilterSettings {
  /// What a filter's settings say, by their names below it: `clean`, `process`, `required`.
  struct Filter {
    var users: [String: String] = [:]
    var repositorys: [String: String] = [:]
  }

  private var filters: [ByteString: Filter] = [:]
  /// Whether the repository's own settings have Git LFS run something.
  private(set) var extendsLFS = false

  /// None.
  init() {}

  /// The filters that a run of git uses. **Only git's own answer tells what git would run**: it looks for settings where libgit2 does
  /// not (`includeIf.hasconfig:`, `%(prefix)/`, `~user/`, a `config.worktree` by the older format, a home behind a link).
  ///
  /// - Parameter git: as it will be run.
  init(asking git: GitProgram) throws(GitError) {
    let pattern = "^(filter|lfs\\.extension)\\."
    let output = try git.output(["config", "-z", "--show-scope", "--get-regexp", pattern]) ?? []
    let fields = output.split(separator: 0, omittingEmptySubsequences: false)
    for place in stride(from: 0, to: fields.count - 1, by: 2) {
      let (scope, record) = (fields[place], fields[place + 1])
      let key = record.prefix { $0 != UInt8(ascii: "\n") }
      take(
        ByteText.string(from: key), ByteText.string(from: record.dropFirst(key.count + 1)),
        isRepositorys: scope.elementsEqual("local".utf8) || scope.elementsEqual("worktree".utf8))
    }
  }

  /// Takes a setting.
  ///
  /// - Parameters:
  ///   - key: normalised.
  ///   - isRepositorys: whether it is from the repository's own settings.
  mutating func take(_ key: String, _ value: String, isRepositorys: Bool) {
    if key.begins(with: "lfs.extension."), isRepositorys { extendsLFS = true }
    guard key.begins(with: "filter."), let dot = key.lastIndex(at: ".") else { return }
    let start = key.index(key.startIndex, offsetBy: 7)
    guard start <= dot else { return }
    let (name, variable) = (ByteString(String(key[start..<dot])), String(key[key.index(after: dot)...]))
    guard ["clean", "process", "required"].contains(variable) else { return }
    if isRepositorys {
      filters[name, default: Filter()].repositorys[variable] = value
    } else {
      filters[name, default: Filter()].users[variable] = value
    }
  }

  /// Whether a setting is looked at here at all.
  static func isWanted(_ key: UnsafePointer<CChar>) -> Bool {
    CStrings.begins(key, with: "filter.") || CStrings.begins(key, with: "lfs.extension.")
  }

  /// Whether anything defines what is done to the content of files on the way into the repository.
  func defines(_ name: String) -> Bool {
    guard let filter = filters[ByteString(name)] else { return false }
    return [filter.users, filter.repositorys].contains { $0["clean"] != nil || $0["process"] != nil }
  }

  /// Whether it may be run as the user has set it.
  func isUsers(_ name: String) -> Bool {
    guard let filter = filters[ByteString(name)], !name.holds("="), !(name == "lfs" && extendsLFS) else {
      return false
    }
    let commands = ["clean", "process"].compactMap { filter.users[$0] }
    // A relative path would lead into the work tree.
    return !commands.isEmpty
      && commands.allSatisfy { command in
        let word = command.prefix { $0 != " " && $0 != "\t" }
        return !word.holds("/") || word.begins(with: "/") || word.begins(with: "~")
      }
      // An empty `process` keeps git from looking at `clean`.
      && (filter.repositorys["process"] == nil || filter.users["process"] != nil)
  }

  /// Options of git by which nothing is run but what the user has set.
  var options: [String] {
    filters.flatMap { name, filter -> [String] in
      guard !name.text.holds("=") else { return [] }
      let users = isUsers(name.text) ? filter.users : [:]
      return ["clean", "process", "required"].flatMap { variable -> [String] in
        let isNeeded = filter.repositorys[variable] != nil || users.isEmpty
        let value = users[variable] ?? (variable == "required" ? "false" : "")
        return isNeeded ? ["-c", "filter.\(name.text).\(variable)=\(value)"] : []
      }
    }
  }

  /// Whether there are filters that are not run.
  var hasForeign: Bool { filters.keys.contains { defines($0.text) && !isUsers($0.text) } }

  /// Whether a name cannot be kept from being run.
  var hasUnnameable: Bool {
    filters.contains { $0.key.text.holds("=") && !$0.value.repositorys.isEmpty }
  }
}

extension GitProgram {
  /// Reads a repository and compares the files of its work tree: nothing that it names is run.
  ///
  /// - Throws: as ``init(reading:)``, and where a filter of the repository's cannot be kept from running.
  public init(comparing directory: FilePath) throws(GitError) {
    try self.init(reading: directory)
    _ = try switchOffForeignFilters(reading: directory)
  }

  /// Keeps git from running any filter but the user's own, which may take as much memory as it needs. Everything that compares
  /// files by git calls this.
  ///
  /// - Parameter repository: what is read, for the error.
  /// - Returns: the filters that there are.
  /// - Throws: ``GitError`` also where one cannot be kept from running.
  mutating func switchOffForeignFilters(reading repository: FilePath) throws(GitError) -> FilterSettings {
    let filters = try FilterSettings(asking: self)
    if filters.hasUnnameable {
      throw GitError(
        .invalid, "reading", repository.visible,
        reason: "the name of a filter in its settings has an equals sign")
    }
    limitForReading(seconds: Limits.filters)
    memoryLimit = nil
    options += filters.options
    return filters
  }
}
