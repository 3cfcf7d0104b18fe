import Mustache
import SystemSupport
import ByteStrings

/// Text with Mustache tags (mustache(5)) and what it comes to.
///
/// Values are put in as they are: `<` stays `<`, for projects are seldom HTML. A tag without a value comes to nothing.
struct FilledText {
  private static let mark = Array("{{".utf8)

  private let values: [String: String]
  private let longestValue: Int

  init(values: [String: String]) {
    self.values = values
    longestValue = values.values.map(\.utf8.count).max() ?? 0
  }

  /// Whether these bytes are text that may have tags. Anything that is not UTF-8, or has a NUL, is no text.
  static func mayHaveTags(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= TemplateLimits.text, !bytes.contains(0), contains(mark, bytes) else { return false }
    return String(validating: bytes, as: UTF8.self) != nil
  }

  private static func contains(_ needle: [UInt8], _ bytes: [UInt8]) -> Bool {
    bytes.indices.dropLast(needle.count - 1).contains { bytes[$0] == needle[0] && bytes[$0 + 1] == needle[1] }
  }

  /// What `text` comes to.
  ///
  /// - Parameters:
  ///   - place: what to call it in an error.
  ///   - budget: what the template may still take; see ``TemplateLimits``.
  func fill(_ text: String, in place: String, _ budget: inout TemplateBudget) throws(FillingError) -> String {
    var tags = TagCounter(text)
    let found = tags.count(atMost: TemplateLimits.tags, deep: TemplateLimits.sections)
    if found.depth > TemplateLimits.sections {
      throw FillingError(
        "filling \(place) failed: its sections are nested deeper than \(TemplateLimits.sections)")
    }
    if found.tags > TemplateLimits.tags {
      throw FillingError("filling \(place) failed: it has more than \(TemplateLimits.tags) tags")
    }
    if tags.hasOddDelimiters {
      throw FillingError(
        "filling \(place) failed: a delimiter is at most \(TemplateLimits.delimiter) characters, none of which a name may have"
      )
    }
    try budget.take(tags: found.tags, text: text.utf8.count + found.tags * longestValue, for: place)
    // Mustache escapes HTML unless a text says otherwise in its first line, which would change what its line numbers
    // count. So a text around it says so; the tag in it has a name that nobody else can know.
    let name = "text-\(Host.randomHex(16))"
    do {
      var context: [String: Any] = values
      context[name] = try MustacheTemplate(string: text)
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT }}{{\(name)}}").render(context)
    } catch let error as MustacheTemplate.ParserError {
      throw FillingError(
        "filling \(place) failed: line \(error.context.lineNumber), column \(error.context.columnNumber): "
          + Self.reason(error.error))
    } catch {
      throw FillingError("filling \(place) failed: \(Quoting.visible("\(error)"))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? MustacheTemplate.Error else { return "a tag does not end" }
    return switch error {
    case .sectionCloseNameIncorrect: "a section ends that did not begin here"
    case .unfinishedName: "a tag does not end, or has a character that no name has"
    case .expectedSectionEnd: "a section does not end"
    case .invalidSetDelimiter: "a change of delimiters is not well formed"
    case .transformAppliedToInheritanceSection, .illegalTokenInsideInheritSection,
      .textInsideInheritSection:
      "an inherited section is not well formed"
    case .invalidConfigVariableSyntax, .unrecognisedConfigVariable: "a pragma is not known"
    }
  }
}
