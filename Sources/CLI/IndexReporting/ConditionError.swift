import ByteStrings
public import RegistryIndex
public import Terminal

extension ConditionError: ReportedError {
  /// The error in words, with the text below and the place marked in it.
  public var failure: Failure {
    let message = sentence + marked
    guard let name else { return .usage("in --where: \(message)") }
    return .fatal("reading the condition dev-infra.where.\(Quoting.visible(name)) failed: \(message)")
  }

  private var sentence: String {
    switch fault {
    case .empty: "the condition is empty"
    case .tooLong(let limit): "the condition is longer than \(limit) bytes"
    case .tooDeep(let limit): "parentheses and negations are nested deeper than \(limit)"
    case .tooManyTerms(let limit): "it asks for more than \(limit) things"
    case .endsEarly: "it ends where a field or a word is expected"
    case .unexpected(let found): "'\(Quoting.visible(found))' stands where a field or a word is expected"
    case .notJoined(let found):
      "'\(Quoting.visible(found))' stands where && or || is expected; a value with a blank is written in quotes"
    case .halfOperator(let found):
      "'\(found)' alone means nothing; write \(found)\(found), or quotes around a value that has it"
    case .notClosed: "this parenthesis is not closed"
    case .notOpened: "this parenthesis was not opened"
    case .quoteNotClosed: "this quote is not closed"
    case .unknownField(let name): "there is no field or word '\(Quoting.visible(name))'\(Self.hint(name))"
    case .needsComparison(let field):
      "\(field.name) is a field, which is compared with a value: \(field.name)\(field.example), or has:\(field.name)"
    case .valueMissing(let comparison):
      "a value is missing behind '\(comparison)'; has:FIELD asks whether there is one"
    case .takesNoValue(let field):
      "\(field.name) is a word, which takes no value: \(field.name), or !\(field.name)"
    case .noOrder(let field): "\(field.name) has no order; it is compared by ':', '=' or '!='"
    case .unknownValue(let field, let value):
      "\(field.name) is never '\(Quoting.visible(value))'; it is one of \(field.words.joined(separator: ", "))"
    case .notATime(let text) where text.ends(with: "m"):
      "'\(Quoting.visible(text))' could be minutes or months; write min or mo"
    case .notATime(let text):
      "'\(Quoting.visible(text))' is not a time, such as 2026-01-31, 2026-01, yesterday, or a span such as 36h, 2w or 1y"
    case .spanWithoutOrder(let text):
      "the span '\(Quoting.visible(text))' is compared by < or >, and counts back from now"
    case .notAVersion(let text): "'\(Quoting.visible(text))' is not a version, such as 1.10 or v2.0.0-rc.1"
    case .notANumber(let field, let text):
      "'\(Quoting.visible(text))' is not a number, which \(field.name) is compared with"
    case .unknownName(""): "behind '@' stands the name of a saved condition"
    case .unknownName(let name):
      "no condition is saved as '\(Quoting.visible(name))'; 'dev-infra config dev-infra.where.\(Quoting.visible(name)) EXPR' saves one"
    case .namesItself(let name): "the saved condition '\(Quoting.visible(name))' asks for itself"
    }
  }

  /// What may have been meant.
  private static func hint(_ name: String) -> String {
    let names = ConditionField.all.map(\.name) + ConditionField.aliases.keys.sorted() + ["has"]
    let typed = name.lowercased()
    let ranked = names.map { (EditDistance.between(typed, and: $0), $0) }
    // As far as git goes for a command.
    guard let best = ranked.min(by: { $0.0 < $1.0 }), best.0 < 6 else {
      return "; dev-infra-where(7) lists them, and name:\(Quoting.visible(name)) asks for a name"
    }
    return "; did you mean '\(best.1)'?"
  }

  /// Two lines: as much of the text as fits, and a caret below the place.
  private var marked: String {
    let bytes = ByteText.bytes(of: text)
    guard range.upperBound <= bytes.count, !bytes.isEmpty, !range.isEmpty || range.lowerBound > 0 else {
      return ""
    }
    func shown(_ bytes: ArraySlice<UInt8>) -> String { Quoting.visible(ByteText.string(from: bytes)) }
    let before = DisplayWidth.cutBeginning(of: shown(bytes[..<range.lowerBound]), to: 40)
    let place = DisplayWidth.cut(shown(bytes[range]), to: 30)
    let behind = DisplayWidth.cut(shown(bytes[range.upperBound...]), to: 40)
    let blanks = String(repeating: " ", count: DisplayWidth.of(before))
    let tail = String(repeating: "~", count: max(0, DisplayWidth.of(place) - 1))
    return "\n  \(before)\(place)\(behind)\n  \(blanks)^\(tail)"
  }
}

extension ConditionField {
  fileprivate var words: [String] { if case .words(let words) = kind { words } else { [] } }

  fileprivate var example: String {
    switch kind {
    case .text: ":VALUE"
    case .words(let words): ":\(words.first ?? "VALUE")"
    case .time: "<1y"
    case .version: ">=1.2"
    case .count, .flag: ""
    }
  }
}
