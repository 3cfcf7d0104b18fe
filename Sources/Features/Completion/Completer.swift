import ByteStrings
import ListFormats
import Registry
import RegistryIndex

/// Answers what the last word of a command line may become. Which shell asks makes no difference here.
public struct Completer {
  private let table: CommandTable
  private let source: any CompletionSource

  /// - Parameters:
  ///   - table: what the installed commands take.
  ///   - source: what the registry knows.
  public init(_ table: CommandTable, _ source: any CompletionSource) {
    self.table = table
    self.source = source
  }

  /// Hands on the candidates for the last of `words`, the first of which is the program.
  ///
  /// None where the shell knows better: a file, or the free value of an option.
  public func forEachCandidate(_ words: [[UInt8]], _ body: (Candidate) -> Void) {
    guard words.count > 1, let last = words.last, let program = words.first else { return }
    var before = words.dropFirst().dropLast().map { ByteText.string(from: $0) }[...]
    let name = ByteText.string(from: program).split(at: "/").last.map(String.init) ?? ""
    var registry: String?
    let command: String
    if name == "dev-infra" {
      while let word = before.first, word.begins(with: "-") {
        before.removeFirst()
        if word.begins(with: "--dir=") { registry = String(word.dropFirst("--dir=".count)) }
        if table.items(of: "-").contains(where: { $0.word == word && !$0.value.isEmpty }) {
          guard let value = before.popFirst() else { return }
          if word == "--dir" { registry = value }
        }
      }
      guard let word = before.popFirst() else { return commands(beginning: last).forEach(body) }
      guard let expanded = expand(word, before) else { return }
      command = expanded.command
      before = expanded.rest
    } else if name.begins(with: "dev-infra-") {
      command = String(name.dropFirst("dev-infra-".count))
    } else {
      // A shell function that takes a project's name, as `dev-infra shell-init` makes it.
      return forEachProject(beginning: last, registry, hereOnly: true, isBehindDashes: true, body)
    }
    forEachArgument(of: command, Array(before), last, registry, body)
  }

  private func commands(beginning last: [UInt8]) -> [Candidate] {
    if last.first == UInt8(ascii: "-") { return options(table.items(of: "-"), "-", nil, last) }
    // An alias does not hide a command, as in git.
    let aliases = source.aliases().filter { alias in !table.commands.contains { $0.name == alias.name } }
      .map { Candidate($0.name, "alias for '\($0.meaning)'") }
    return Self.matching(table.commands.map { Candidate($0.name, $0.summary) } + aliases, last)
  }

  /// The command that a word stands for, with the words behind it; nil where only a shell could tell.
  private func expand(
    _ word: String, _ rest: ArraySlice<String>
  ) -> (command: String, rest: ArraySlice<String>)? {
    var (command, rest) = (word, rest)
    // The dispatcher refuses aliases that go round in circles; nobody means so many steps.
    for _ in 0..<10 {
      if table.commands.contains(where: { $0.name == command }) { return (command, rest) }
      guard let alias = source.aliases().first(where: { $0.name == command }) else { return (command, rest) }
      if alias.meaning.begins(with: "!") { return nil }
      guard let words = source.words(ofAlias: command), let first = words.first else {
        return (command, rest)
      }
      command = first
      rest = words.dropFirst() + rest
    }
    return nil
  }

  private func forEachArgument(
    of command: String, _ before: [String], _ last: [UInt8], _ registry: String?, _ body: (Candidate) -> Void
  ) {
    let items = table.items(of: command)
    let isBehindDashes = before.contains("--")
    if !isBehindDashes {
      if let option = before.last, let item = items.first(where: { $0.word == option && !$0.value.isEmpty }) {
        return values(of: item, command, registry, beginning: last).forEach(body)
      }
      if last.first == UInt8(ascii: "-") {
        return options(items, command, registry, last).forEach(body)
      }
    }
    var taken = 0
    var skips = false
    for word in before where word != "--" {
      if skips {
        skips = false
      } else if word.begins(with: "-"), !isBehindDashes {
        skips = items.contains { $0.word == word && !$0.value.isEmpty }
      } else {
        taken += 1
      }
    }
    let subcommands = items.filter { !$0.isOption && !$0.isOperand }
    if !subcommands.isEmpty, taken == 0 {
      return Self.matching(subcommands.map { Candidate($0.word, $0.description) }, last).forEach(body)
    }
    var isFound = false
    func found(_ candidate: Candidate) {
      isFound = true
      body(candidate)
    }
    func offer(_ words: [[UInt8]]) { Self.matching(words.map { Candidate($0) }, last).forEach(found) }
    if taken == 0, items.contains(where: { $0.word == "<format>" }) { return offer(Self.formats) }
    for item in items where item.isOperand {
      switch item.word {
      case "<p>":
        forEachProject(
          beginning: last, registry, hereOnly: Self.localCommands.contains(command),
          isBehindDashes: isBehindDashes, found)
      case "<m>" where before.first != "rename": offer(source.machines(registry: registry))
      case "<remote>": offer(source.remotes())
      case "<key=value>" where taken > 0: fields(beginning: last, registry).forEach(found)
      case "<cmd>":
        Self.matching((table.commands + table.guides).map { Candidate($0.name, $0.summary) }, last)
          .forEach(found)
      default: break
      }
    }
    if !isFound, command == "remote", taken == 1, before.first != "add" { offer(source.remotes()) }
  }

  /// Commands that say no to a project which is not on this machine.
  private static let localCommands: Set<String> = ["path", "refresh", "forget"]

  private func options(
    _ items: [CommandTable.Item], _ command: String, _ registry: String?, _ last: [UInt8]
  ) -> [Candidate] {
    if let equals = last.firstIndex(of: UInt8(ascii: "=")),
      let item = items.first(where: { $0.word.utf8.elementsEqual(last[..<equals]) })
    {
      let values = values(of: item, command, registry, beginning: Array(last[(equals + 1)...]))
      return values.map { Candidate(Array(item.word.utf8) + [UInt8(ascii: "=")] + $0.word) }
    }
    return Self.matching(items.filter(\.isOption).map { Candidate($0.word, $0.description) }, last)
  }

  /// What an option's value may be: words that the command lists itself, a field's, or what the registry has.
  private func values(
    of item: CommandTable.Item, _ command: String, _ registry: String?, beginning last: [UInt8]
  ) -> [Candidate] {
    if item.word == "--where" { return condition(beginning: last, registry) }
    switch item.word {
    case "--sort": return Self.sortKeys(beginning: last)
    case "--columns": return Self.columns(beginning: last)
    case "--format" where command == "list" || command == "ls-projects": return Self.format(beginning: last)
    default: break
    }
    if !item.choices.isEmpty { return Self.matching(item.choices.map { Candidate($0, "") }, last) }
    let words: [[UInt8]] =
      switch item.word {
      case "--machine": source.machines(registry: registry)
      case "--remote": source.remotes()
      case "--strategy": MergeStrategy.allCases.map { Array($0.rawValue.utf8) }
      case "--from", "--to": Self.formats
      default: field(ofOption: item.word).map { texts(of: $0, registry) } ?? []
      }
    return Self.matching(words.map { Candidate($0) }, last)
  }

  private static func sortKeys(beginning last: [UInt8]) -> [Candidate] {
    let sign = last.first == UInt8(ascii: "-") ? "-" : ""
    return matching(ListAtom.all.map { Candidate(sign + $0.name, "") }, last)
  }

  /// The last of the names between commas, and none that stands before it.
  private static func columns(beginning last: [UInt8]) -> [Candidate] {
    let start = last.lastIndex(of: UInt8(ascii: ",")).map { $0 + 1 } ?? 0
    let before = last[..<start].split(separator: UInt8(ascii: ","))
    let names = ListAtom.all.map { Array($0.name.utf8) }.filter { name in
      !before.contains { $0.elementsEqual(name) }
    }
    return matching(names.map { Candidate(last[..<start] + $0) }, last)
  }

  /// The atom that an open `%(` begins.
  private static func format(beginning last: [UInt8]) -> [Candidate] {
    let percent = UInt8(ascii: "%")
    guard let start = last.lastIndex(of: percent), !last[start...].contains(UInt8(ascii: ")")),
      // `%%` is a percent sign.
      last[..<start].reversed().prefix(while: { $0 == percent }).count.isMultiple(of: 2)
    else { return [] }
    return matching(ListAtom.all.map { Candidate(last[..<start] + Array("%(\($0.name))".utf8)) }, last)
  }

  /// `KEY=` of what can be set, and behind the `=` the words that the field takes or other projects have.
  private func fields(beginning last: [UInt8], _ registry: String?) -> [Candidate] {
    guard let equals = last.firstIndex(of: UInt8(ascii: "=")) else {
      let keys = Project.settableKeys.flatMap { key in
        (FieldKey(rawValue: key) == .tags ? ["=", "+=", "-="] : ["="]).map { key + $0 }
      }
      return Self.matching(keys.map { Candidate(Array($0.utf8)) }, last)
    }
    let start = Array(last[...equals])
    let name = String(decoding: start.dropLast(), as: UTF8.self)
    let field = name == "tags+" || name == "tags-" ? ProjectField(.tags) : ProjectField(name)
    let words = field.map { $0.isSettable ? texts(of: $0, registry) : [] } ?? []
    return Self.matching(words.map { Candidate(start + $0) }, last)
  }

  /// What the last thing that a condition asks for may become: a field or a word, and behind a comparison a value.
  private func condition(beginning last: [UInt8], _ registry: String?) -> [Candidate] {
    let start =
      last.indices.last { index in
        // `!=` is a comparison.
        " \t(&|!".utf8.contains(last[index])
          && !(last[index] == UInt8(ascii: "!") && last.dropFirst(index + 1).first == UInt8(ascii: "="))
      }.map { $0 + 1 } ?? 0
    let typed = last[start...]
    if typed.first == UInt8(ascii: "@") {
      return Self.matching(source.savedConditions().map { Candidate(last[...start] + $0) }, last)
    }
    guard let sign = typed.firstIndex(where: { ":=<>!".utf8.contains($0) }) else {
      let fields = ConditionField.all.map { $0.isWord ? $0.name : "\($0.name):" }
      let names = fields + ConditionField.aliases.keys.sorted().map { "\($0):" } + ["has:"]
      return Self.matching(names.map { Candidate(last[..<start] + Array($0.utf8)) }, last)
    }
    let behind = typed[sign...].drop { ":=<>!".utf8.contains($0) }
    let values = behind.lastIndex(of: UInt8(ascii: ",")).map { $0 + 1 } ?? behind.startIndex
    let name = String(decoding: typed[..<sign], as: UTF8.self)
    let words: [[UInt8]]
    if name == "has" {
      words = ConditionField.all.map { Array($0.name.utf8) }
    } else if let field = ConditionField(name)?.projectField {
      words = texts(of: field, registry)
    } else {
      words = ConditionField(name)?.name == "machines" ? source.machines(registry: registry) : []
    }
    let written = words.map { ByteText.bytes(of: Condition.written(ByteText.string(from: $0))) }
    return Self.matching(written.map { Candidate(last[..<values] + $0) }, last)
  }

  /// The formats of other tools' lists.
  private static var formats: [[UInt8]] { ListFormat.allCases.map { Array($0.rawValue.utf8) } }

  /// The field that an option narrows a list by.
  private func field(ofOption option: String) -> ProjectField? {
    switch option {
    case "--type": ProjectField(.projectType)
    case "--tag": ProjectField(.tags)
    case "--status", "--classification", "--organization": ProjectField(String(option.dropFirst(2)))
    default: nil
    }
  }

  /// The words that a field may be, or what other projects have.
  private func texts(of field: ProjectField, _ registry: String?) -> [[UInt8]] {
    if let words = field.words { return words.map { Array($0.utf8) } }
    return field.isShared ? source.values(of: .field(field.key), registry: registry) : []
  }

  /// Projects by name, and then those by the end of their address that are not named alike. A person who types digits means an
  /// id, when no name is meant.
  private func forEachProject(
    beginning last: [UInt8], _ registry: String?, hereOnly: Bool, isBehindDashes: Bool,
    _ body: (Candidate) -> Void
  ) {
    var isNamed = false
    var addresses: [Candidate] = []
    var ids: [Candidate] = []
    source.forEachProject(beginning: last, hereOnly: hereOnly, registry: registry) { project in
      var begins = false, isWord = false
      project.withName { name in
        begins = name.starts(with: last)
        isWord = Self.isName(name, isBehindDashes: isBehindDashes)
      }
      if begins {
        isNamed = true
        // What a command line cannot take as a name is named by its id.
        if !isWord {
          body(Candidate(Array(project.id.prefix(12)), of: project))
        } else if !project.isRepeated {
          body(Candidate(project))
        }
      }
      if let address = project.address(beginning: last) { addresses.append(Candidate(address, of: project)) }
      if last.count >= 4, !isNamed, addresses.isEmpty {
        let id = project.id
        if id.starts(with: last) {
          ids.append(Candidate(id: Array(id.prefix(max(12, last.count))), of: project))
        }
      }
    }
    var seen: Set<[UInt8]> = []
    for address in addresses where seen.insert(address.word).inserted { body(address) }
    if !isNamed, addresses.isEmpty { ids.forEach(body) }
  }

  /// Whether a command takes these bytes for a project's name, and not for a path, an option or nothing.
  private static func isName(_ name: UnsafeRawBufferPointer, isBehindDashes: Bool) -> Bool {
    let areDots = name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
    return !areDots && !name.contains(UInt8(ascii: "/"))
      && (isBehindDashes || name.first != UInt8(ascii: "-"))
  }

  private static func matching(_ candidates: [Candidate], _ last: [UInt8]) -> [Candidate] {
    candidates.filter { $0.word.starts(with: last) }
  }
}
