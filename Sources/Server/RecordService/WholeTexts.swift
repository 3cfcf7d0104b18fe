import ByteStrings
import Registry
import WorkProd

/// What a record says in full where the registry's entry has no room for it: the service takes texts of any length.
///
/// The entry has the text cut, and the record shows the whole one for as long as the entry's value is what was cut of it.
struct WholeTexts: Equatable, Sendable {
  private(set) var texts: [RecordField: String] = [:]

  /// The fields whose entry's value can be a part of the record's.
  private static let fields = RecordField.allCases.filter { field in
    switch field.project?.kind {
    case .line, .prose: true
    default: false
    }
  }

  /// The texts of a journal's line.
  init(_ value: JSON? = nil) {
    for field in Self.fields { texts[field] = value?[field.rawValue]?.string }
  }

  /// As a member of a journal's line; nil where there are none.
  var json: JSON? {
    guard !texts.isEmpty else { return nil }
    return .object(JSON.Members(texts.map { ($0.key.rawValue, .string($0.value)) }))
  }

  /// About how many bytes of a journal they take, at most.
  var size: Int { texts.values.reduce(0) { $0 + 6 * $1.utf8.count + 30 } }

  /// Takes the texts of a request that are too long, and leaves in it what the registry has room for.
  mutating func take(from fields: inout RequestedFields) {
    for field in Self.fields {
      guard let given = fields.values[field] else { continue }
      texts[field] = nil
      // What the registry refuses for another reason is not cut to please it.
      guard let text = given, !Self.holdsRefused(text, field),
        let cut = field.key.flatMap({ NativeFields.taken($0, text) }), !cut.utf8.elementsEqual(text.utf8)
      else { continue }
      texts[field] = text
      fields.values[field] = .some(cut)
    }
  }

  /// Drops what is of another value than the entry has now.
  func fitting(_ project: Project) -> WholeTexts {
    let values = RecordMapping.values(of: project)
    var result = self
    for (field, text) in texts {
      let cut = field.key.flatMap { NativeFields.taken($0, text) } ?? ""
      if !cut.utf8.elementsEqual((values[field] ?? "").utf8) { result.texts[field] = nil }
    }
    return result
  }

  /// Puts the texts in the place of what was cut of them.
  func apply(to values: inout RecordValues) {
    for (field, text) in texts { values[field] = text }
  }

  private static func holdsRefused(_ text: String, _ field: RecordField) -> Bool {
    (field == .description ? TextRule.prose : .line).firstRefused(in: text) != nil
  }
}
