import ByteStrings

/// How much of a repository a clone has, as a project keeps it so that every machine clones it alike: options of git-clone(1).
///
/// As text it is those options with a space between them, in one order: `--filter=blob:none --depth=1 --recurse-submodules`. An entry may
/// have been written by anybody: what is not one of these, or not in bounds, is not taken, and never reaches git.
public struct CloneOptions: Equatable, Sendable {
  /// What of the objects is left out until it is needed (git-rev-list(1), `--filter`); nil: nothing.
  public var filter: String?
  /// After how many commits the history is cut off; nil: nowhere.
  public var depth: Int?
  /// Whether submodules are cloned as well.
  public var recursesIntoSubmodules = false

  /// All of the history, and no submodules.
  public init() {}

  /// What it is, in words.
  public static let rule =
    "one or more of --filter=SPEC, --depth=N and --recurse-submodules, where SPEC is blob:none, blob:limit=N, tree:N or object:type=TYPE"

  /// Reads the text; nil where something in it is not an option that is kept.
  public init?(_ text: String) {
    self.init()
    guard text.utf8.count <= 1000 else { return nil }
    for word in text.split(at: " ").map(String.init) {
      if word.begins(with: "--filter="), filter == nil {
        filter = String(word.dropFirst("--filter=".count))
      } else if word.begins(with: "--depth="), depth == nil {
        guard let number = Self.number(word.dropFirst("--depth=".count)) else { return nil }
        depth = number
      } else if word == "--recurse-submodules", !recursesIntoSubmodules {
        recursesIntoSubmodules = true
      } else {
        return nil
      }
    }
    guard !isWhole, isKeepable else { return nil }
  }

  /// The text; empty where nothing is asked for.
  public var text: String {
    let words = [
      filter.map { "--filter=\($0)" }, depth.map { "--depth=\($0)" },
      recursesIntoSubmodules ? "--recurse-submodules" : nil,
    ]
    return words.compactMap { $0 }.joined(separator: " ")
  }

  /// Whether nothing is asked for: what `git clone` does by itself.
  public var isWhole: Bool { self == CloneOptions() }

  /// Whether a project may keep them: of the filters those that name no object and no path.
  public var isKeepable: Bool {
    filter.map { spec in Self.isFilter(spec) } ?? true
      && depth.map { $0 >= 1 && $0 <= Int(Int32.max) } ?? true
  }

  private static func isFilter(_ spec: String) -> Bool {
    if spec == "blob:none" { return true }
    if spec.begins(with: "blob:limit=") {
      let rest = spec.dropFirst("blob:limit=".count)
      let digits = rest.utf8.last.map { "kmgKMG".utf8.contains($0) } == true ? rest.dropLast() : rest
      return number(digits, from: 0) != nil
    }
    if spec.begins(with: "tree:") { return number(spec.dropFirst("tree:".count), from: 0) != nil }
    return ["blob", "tree", "commit", "tag"].contains { spec == "object:type=\($0)" }
  }

  /// A number in plain digits, at most git's own limit.
  private static func number(_ digits: Substring, from least: Int = 1) -> Int? {
    guard (1...10).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits), number >= least, number <= Int(Int32.max)
    else { return nil }
    return number
  }
}
