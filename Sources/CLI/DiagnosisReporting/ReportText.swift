import ByteStrings
public import Diagnosis
public import Registry
import Terminal

extension Report {
  /// As one JSON object; dev-infra-doctor(1) describes it.
  public var json: JSON {
    var sections: JSON.Members = [:]
    for check in Check.allCases {
      var values: [String: [JSON]] = [:]
      for fact in facts where fact.check == check {
        values[fact.name, default: []].append(.string(fact.value))
      }
      var members: JSON.Members = [:]
      for (name, list) in values { members[name] = .array(list) }
      sections[check.rawValue] = .object(members)
    }
    return .object([
      "version": .number("1"), "sound": .bool(isSound), "facts": .object(sections),
      "findings": .array(
        sorted.map { finding in
          let words = finding.problem.words
          return .object([
            "severity": .string(finding.severity.rawValue), "check": .string(finding.check.rawValue),
            "code": .string(finding.problem.code), "where": words.place.map { .string($0) } ?? .null,
            "what": .string(words.sentence), "do": .string(words.remedy),
          ])
        }),
    ])
  }

  /// For people: what there is, and then what is wrong, in lines that fit into `width`.
  ///
  /// - Parameters:
  ///   - home: the user's home directory, for which `~` stands.
  ///   - paint: gives a text a colour, which takes no columns.
  public func lines(width: Int, home: String?, paint: (String, ReportColour) -> String) -> [String] {
    var lines: [String] = []
    for check in Check.allCases {
      let facts = facts.filter { $0.check == check }
      if facts.isEmpty { continue }
      lines.append(paint(check.rawValue, .heading))
      let longest = min(
        facts.map { DisplayWidth.of(Quoting.visible($0.name)) }.max() ?? 0, max(0, width / 2 - 4))
      for fact in facts {
        let name = Quoting.visible(fact.name)
        let padding = String(repeating: " ", count: max(0, longest - DisplayWidth.of(name)))
        let value = Self.short(fact.value, home)
        if DisplayWidth.of(name) + 4 > width / 2 {
          lines += Self.wrapped("  ", name, width: width, indent: 4)
          lines += Self.wrapped("    ", value, width: width, indent: 4)
        } else {
          lines += Self.wrapped("  \(name)\(padding)  ", value, width: width, indent: longest + 4)
        }
      }
    }
    if !findings.isEmpty { lines.append("") }
    for finding in sorted {
      let words = finding.problem.words
      let start = "\(finding.severity.rawValue): "
      let text = (words.place.map { Self.short($0, home) + ": " } ?? "") + Self.short(words.sentence, home)
      var wrapped = Self.wrapped(start, text, width: width, indent: 4)
      wrapped[0] = paint(start, ReportColour(finding.severity)) + wrapped[0].dropFirst(start.count)
      lines += wrapped
      lines += Self.wrapped("    ", Self.short(words.remedy, home), width: width, indent: 4)
    }
    lines += ["", paint(total, .heading)]
    return lines
  }

  private var total: String {
    let counts = Finding.Severity.allCases.compactMap { severity -> String? in
      let count = findings.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    return counts.isEmpty ? "nothing is wrong" : counts.joined(separator: ", ")
  }

  private static func short(_ text: String, _ home: String?) -> String {
    let shown = Quoting.visible(text)
    guard let home, home.utf8.count > 1 else { return shown }
    return shown.replacing(home + "/", with: "~/")
  }

  /// Words in lines; a word that is wider than a line goes over the next ones.
  static func wrapped(_ start: String, _ text: String, width: Int, indent: Int) -> [String] {
    let room = max(width, 20)
    var lines: [String] = []
    var line = start
    var used = DisplayWidth.of(start)
    var isEmpty = true
    func newLine() {
      lines.append(line)
      line = String(repeating: " ", count: min(indent, room / 2))
      used = DisplayWidth.of(line)
      isEmpty = true
    }
    for word in text.split(at: " ") {
      var rest = String(word)
      if !isEmpty {
        if used + 1 + DisplayWidth.of(rest) > room {
          newLine()
        } else {
          line += " "
          used += 1
        }
      } else if used + DisplayWidth.of(rest) > room, used > min(indent, room / 2) {
        newLine()
      }
      while used + DisplayWidth.of(rest) > room {
        var piece = ""
        var pieceWidth = 0
        for character in rest {
          let columns = DisplayWidth.of(String(character))
          if used + pieceWidth + columns > room { break }
          piece.append(character)
          pieceWidth += columns
        }
        if piece.isEmpty { break }
        line += piece
        rest = String(rest.dropFirst(piece.count))
        newLine()
      }
      line += rest
      used += DisplayWidth.of(rest)
      isEmpty = false
    }
    return lines + [line]
  }
}

/// What a part of a report is shown as.
public enum ReportColour: Sendable {
  /// A heading, and the last line.
  case heading
  /// The word before an error.
  case error
  /// The word before a warning.
  case warning
  /// The word before a note.
  case note

  init(_ severity: Finding.Severity) {
    switch severity {
    case .error: self = .error
    case .warning: self = .warning
    case .note: self = .note
    }
  }
}
