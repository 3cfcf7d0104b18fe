import SystemSupport
import Registry

/// Which records a list is asked for.
public struct RecordFilter: Sendable {
  private var texts: [RecordField: String] = [:]
  private var search: [UInt8]?

  /// Whether it lets every record pass.
  public var isEmpty: Bool { texts.isEmpty && search == nil }

  /// Reads the parameters of a query.
  ///
  /// A value that cannot be does not filter `status` and `classification`, by the contract.
  ///
  /// - Throws: ``Refusal`` for a `project_type` that cannot be.
  public init(_ parameter: (String) -> String?) throws(Refusal) {
    for field in RecordField.filters {
      guard let value = parameter(field.rawValue), !value.isEmpty else { continue }
      if field.words?.contains(value) ?? true {
        texts[field] = value
      } else if field == .projectType {
        throw field.refusal
      }
    }
    if let value = parameter("search"), !value.isEmpty { search = Array(value.lowercased().utf8) }
  }

  /// Whether a record passes.
  public func passes(_ record: Record) -> Bool {
    for (field, text) in texts where record.values[field] != text { return false }
    guard let search else { return true }
    return Self.holds(record.values.name, search)
      || record.values[.description].map { Self.holds($0, search) } ?? false
  }

  private static func holds(_ text: String, _ part: [UInt8]) -> Bool {
    let text = Array(text.lowercased().utf8)
    return Memory.contains(text, part)
  }
}
