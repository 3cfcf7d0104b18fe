import Records
public import RegistryView

/// Answers what the last word of a command line may become. Which shell asks makes no difference here.
public struct Completer {
  private let table: CommandTable
  private let remotes: () -> [[UInt8]]
  private let known: (_ prefix: [UInt8], _ registry: String?) -> [NamedProject]

  /// - Parameters:
  ///   - remotes: the names of the registry's remotes, asked for when they are needed.
  ///   - projects: the projects whose name or id begins so, with the value of `--dir` where there is one.
  public init(
    _ table: CommandTable, remotes: @escaping () -> [[UInt8]],
    projects: @escaping (_ prefix: [UInt8], _ registry: String?) -> [NamedProject]
  ) {
    self.table = table
    self.remotes = remotes
    known = projects
  }

  /// The candidates for the last of `words`, the first of which is the program.
  ///
  /// None where the shell knows better: a file, or the free value of an option.
  public func candidates(_ words: [[UInt8]]) -> [Candidate] {
    guard words.count > 1, let last = words.last, let program = words.first else { return [] }
    var before = words.dropFirst().dropLast().map { ByteText.string(from: $0) }[...]
    let name = ByteText.string(from: program).split(separator: "/").last.map(String.init) ?? ""
    var registry: String?
    let command: String
    if name == "dev-infra" {
      while let word = before.first, word.hasPrefix("-") {
        before.removeFirst()
        if word.hasPrefix("--dir=") { registry = String(word.dropFirst("--dir=".count)) }
        if table.items(of: "-").contains(where: { $0.word == word && !$0.value.isEmpty }) {
          guard let value = before.popFirst() else { return [] }
          if word == "--dir" { registry = value }
        }
      }
      guard let word = before.popFirst() else { return commands(beginning: last) }
      command = word
    } else if name.hasPrefix("dev-infra-") {
      command = String(name.dropFirst("dev-infra-".count))
    } else {
      // A shell function that takes a project's name, as `dev-infra shell-init` makes it.
      return projects(beginning: last, registry, hereOnly: true, isBehindDashes: true)
    }
    return arguments(of: command, Array(before), last, registry)
  }

  private func commands(beginning last: [UInt8]) -> [Candidate] {
    if last.first == UInt8(ascii: "-") { return options(table.items(of: "-"), last) }
    return Self.matching(table.commands.map { Candidate($0.name, $0.summary) }, last)
  }

  private func arguments(
    of command: String, _ before: [String], _ last: [UInt8], _ registry: String?
  ) -> [Candidate] {
    let items = table.items(of: command)
    let isBehindDashes = before.contains("--")
    if !isBehindDashes {
      if let option = before.last, let item = items.first(where: { $0.word == option && !$0.value.isEmpty }) {
        return Self.matching(item.choices.map { Candidate($0, "") }, last)
      }
      if last.first == UInt8(ascii: "-") { return options(items, last) }
    }
    var taken = 0
    var skips = false
    for word in before where word != "--" {
      if skips {
        skips = false
      } else if word.hasPrefix("-"), !isBehindDashes {
        skips = items.contains { $0.word == word && !$0.value.isEmpty }
      } else {
        taken += 1
      }
    }
    let subcommands = items.filter { !$0.isOption && !$0.isOperand }
    if !subcommands.isEmpty, taken == 0 {
      return Self.matching(subcommands.map { Candidate($0.word, $0.description) }, last)
    }
    var found: [Candidate] = []
    for item in items where item.isOperand {
      switch item.word {
      case "<p>":
        found += projects(
          beginning: last, registry, hereOnly: Self.localCommands.contains(command),
          isBehindDashes: isBehindDashes)
      case "<remote>": found += Self.matching(remotes().map { Candidate($0) }, last)
      case "<cmd>":
        found += Self.matching((table.commands + table.guides).map { Candidate($0.name, $0.summary) }, last)
      default: break
      }
    }
    if found.isEmpty, command == "remote", taken == 1, before.first != "add" {
      found = Self.matching(remotes().map { Candidate($0) }, last)
    }
    return found
  }

  /// Commands that say no to a project which is not on this machine.
  private static let localCommands: Set<String> = ["path", "refresh", "forget"]

  private func options(_ items: [CommandTable.Item], _ last: [UInt8]) -> [Candidate] {
    let text = ByteText.string(from: last)
    if let equals = text.firstIndex(of: "="), let item = items.first(where: { $0.word == text[..<equals] }) {
      return Self.matching(item.choices.map { Candidate("\(item.word)=\($0)", "") }, last)
    }
    return Self.matching(items.filter(\.isOption).map { Candidate($0.word, $0.description) }, last)
  }

  private func projects(
    beginning last: [UInt8], _ registry: String?, hereOnly: Bool, isBehindDashes: Bool
  ) -> [Candidate] {
    let known = known(last, registry)
    var seen: Set<Word> = []
    seen.reserveCapacity(known.count)
    var found: [Candidate] = []
    let away = Array("not on this machine".utf8)
    for project in known {
      if hereOnly, project.path == nil { continue }
      let id = Array(project.id.utf8.prefix(12))
      // What a command line cannot take as a name is named by its id.
      let word = Self.isName(project.name, isBehindDashes: isBehindDashes) ? project.name : id
      guard project.name.starts(with: last), seen.insert(Word(bytes: word)).inserted else { continue }
      found.append(Candidate(word, plain: id, describedBy: project.path ?? away))
    }
    // A person who types digits means an id, when no name is meant.
    if found.isEmpty, last.count >= 4 {
      for project in known
      where project.id.utf8.starts(with: last) && (!hereOnly || project.path != nil) {
        found.append(
          Candidate(
            Array(project.id.utf8.prefix(max(12, last.count))), describedBy: project.name))
      }
    }
    return found
  }

  /// Bytes that are hashed as a whole: an array of them is hashed one by one.
  private struct Word: Hashable {
    let bytes: [UInt8]
    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
  }

  /// Whether a command takes these bytes for a project's name, and not for a path, an option or nothing.
  private static func isName(_ name: [UInt8], isBehindDashes: Bool) -> Bool {
    !name.isEmpty && !name.contains(UInt8(ascii: "/")) && name != [0x2E] && name != [0x2E, 0x2E]
      && (isBehindDashes || name.first != UInt8(ascii: "-"))
  }

  private static func matching(_ candidates: [Candidate], _ last: [UInt8]) -> [Candidate] {
    candidates.filter { $0.word.starts(with: last) }
  }
}
