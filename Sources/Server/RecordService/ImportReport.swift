public import Registry

/// How the records of an import fared.
public struct ImportReport: Sendable {
  /// How many were made.
  public private(set) var imported = 0
  /// How many were not.
  public private(set) var skipped = 0
  private var errors: [JSON] = []
  /// The records that the registry has not in full, and which fields of them.
  public internal(set) var cut: [(number: Int, fields: [RecordField])] = []

  mutating func add() { imported += 1 }

  /// Counts one that was passed over, which is not an error.
  mutating func skip() { skipped += 1 }

  /// Counts one that was refused.
  mutating func skip(_ item: JSON, _ refusal: Refusal) {
    skipped += 1
    let name = item[.name]?.string ?? "Unknown"
    errors.append(.object(["project": .string(name), "error": .string(refusal.message)]))
  }

  /// The answer.
  public var json: JSON {
    .object([
      "imported": .integer(imported), "skipped": .integer(skipped), "errors": .array(errors),
    ])
  }

  /// The list of records in the body of an import.
  ///
  /// - Throws: ``Refusal``, with the text that the contract has.
  public static func items(of body: JSON) throws(Refusal) -> [JSON] {
    guard let members = body.object else { throw Refusal(400, "Request body must be a JSON object") }
    guard let value = members["projects"] else { throw Refusal(400, "Missing 'projects' field") }
    guard let items = value.array else { throw Refusal(400, "'projects' field must be a list") }
    return items
  }
}
