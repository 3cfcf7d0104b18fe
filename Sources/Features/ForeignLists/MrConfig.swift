import ByteStrings
import ListFormats
import Registry
import SystemSupport
import SystemPackage

/// myrepos' `.mrconfig`, of which the lines that `mr register` writes are read: `checkout = git clone 'URL' 'DIRECTORY'`.
///
/// All else in it is code of the shell's. None of it is run, and nothing is made of it.
enum MrConfig: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    var section: (name: String, line: Int)?
    var settings: [(key: String, value: String)] = []
    func end() throws {
      if let section { try add(section.name, section.line, settings, source, sink) }
      settings = []
    }
    // A line that begins with a blank goes on with the one before.
    try TextLines.forEach(of: source.bytes) { number, goesOn, text in
      if goesOn {
        if let last = settings.indices.last {
          settings[last].value += settings[last].value.isEmpty ? text : "\n" + text
        }
      } else if text.begins(with: "[") {
        guard text.ends(with: "]") else {
          throw ListError.malformed(line: number, "the name of a section does not end in ']'")
        }
        try end()
        section = (String(text.dropFirst().dropLast()), number)
      } else if let mark = text.firstIndex(at: "=") {
        let key = trimmed(text[..<mark])
        let value = trimmed(text[text.index(after: mark)...])
        if key == "include" { sink.passOver(include: value) }
        guard settings.count < ListLimits.values else {
          throw ListError.tooManyValues(limit: ListLimits.values)
        }
        settings.append((key, value))
      } else {
        throw ListError.malformed(line: number, "it is neither a section nor a setting of myrepos'")
      }
    }
    try end()
  }

  private static func trimmed(_ text: Substring) -> String {
    var bytes = Array(text.utf8)[...]
    while bytes.first == 0x20 || bytes.first == 0x09 { bytes.removeFirst() }
    while bytes.last == 0x20 || bytes.last == 0x09 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func add(
    _ name: String, _ line: Int, _ settings: [(key: String, value: String)], _ source: ListSource,
    _ sink: EntrySink
  ) throws {
    if name == "DEFAULT" || name == "ALIAS" { return }
    // What is to be gone is not a project any more.
    if settings.contains(where: { $0.key == "deleted" && $0.value == "true" }) { return }
    let place =
      ["$HOME", "${HOME}", "~"].contains { name == $0 || name.begins(with: "\($0)/") }
      ? HomePath.expanded(name, ["$HOME", "${HOME}", "~"], source.home) : name
    guard let place, !place.utf8.contains(where: { "$`\\\"'*?".utf8.contains($0) }) else {
      return try sink.skip(name, at: line, .needsShell(name))
    }
    guard let checkout = settings.last(where: { $0.key == "checkout" })?.value else {
      return try sink.skip(name, at: line, .noPlace)
    }
    guard let words = shellWords(checkout), words.count >= 3, words[0] == "git", words[1] == "clone" else {
      return try sink.skip(name, at: line, .needsShell(checkout))
    }
    var draft = EntryDraft(line)
    var operands: [String] = []
    var isOperand = false
    var index = 2
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        isOperand = true
      } else if isOperand || !word.begins(with: "-") {
        operands.append(word)
      } else if ["-b", "--branch", "-o", "--origin", "--depth", "-c", "--config", "-j", "--jobs"].contains(
        word)
      {
        if word == "-b" || word == "--branch", index < words.count {
          draft.put(.defaultBranch, words[index])
        }
        index += 1
      }
    }
    guard operands.count == 1 || operands.count == 2 else {
      return try sink.skip(name, at: line, .needsShell(checkout))
    }
    draft.name = place.split(at: "/").last.map(String.init)
    draft.url = operands[0]
    draft.paths = [place]
    try sink.add(draft)
  }

  /// The words of a simple command; nil where a shell would do more than split it into words.
  private static func shellWords(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var quote: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if let open = quote {
        if scalar == open {
          quote = nil
        } else if open == "\"", "$`\\".unicodeScalars.contains(scalar) {
          return nil
        } else {
          word?.append(scalar)
        }
      } else if scalar == "'" || scalar == "\"" {
        quote = scalar
        if word == nil { word = String.UnicodeScalarView() }
      } else if scalar == " " || scalar == "\t" {
        if let done = word { words.append(String(done)) }
        word = nil
      } else if "$`\\;&|<>()*?[]{}#!~\n".unicodeScalars.contains(scalar), !(scalar == "~" && word != nil) {
        return nil
      } else {
        if word == nil { word = String.UnicodeScalarView() }
        word?.append(scalar)
      }
    }
    guard quote == nil else { return nil }
    if let done = word { words.append(String(done)) }
    return words
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    let kept = text.withURL(entries)
    var isFirst = true
    for (entry, place) in zip(kept, places.directories(of: kept)) {
      let elsewhere = entry.paths.first.flatMap { path in
        ListPlaces.relative(path, below: places.root) == nil ? path.text : nil
      }
      let place = elsewhere ?? place
      guard isSafe(place), let url = entry.url, !url.holds("'"), let name = place.split(at: "/").last else {
        text.omit(entry, .unwritable)
        continue
      }
      if !isFirst { text.line("") }
      isFirst = false
      text.line("[\(place)]")
      text.line("checkout = git clone '\(url)' '\(name)'")
    }
  }

  /// mr has a shell look at a section's name: only what means nothing to it is written.
  private static func isSafe(_ place: String) -> Bool {
    !ByteText.holdsRawBytes(place) && !place.begins(with: "-")
      && place.utf8.allSatisfy { byte in
        byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
          || "/._-+@,: ".utf8.contains(byte)
      } && place != "DEFAULT" && place != "ALIAS" && !place.holdsControl
  }
}
