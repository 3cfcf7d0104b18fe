public import Registry

/// A record of work-prod's REST service.
///
/// What another client, or a newer server, put into a field of the wrong type counts as not set.
public struct ServiceRecord: Equatable, Sendable {
  /// The server's number of it, never used again.
  public var number: Int
  /// The fields that the registry has as well.
  public var fields: NativeFields
  /// Where it is, by the word of its author; unique over the whole server.
  public var path: String?
  /// When the server made it, as it writes that: a time in UTC without a zone.
  public var createdAt: String
  /// When it last changed there, written alike.
  public var updatedAt: String
  /// What names this state of it, where the server says; for `If-Match`.
  public var tag: String?
  /// What a server that is more than the plain service keeps beside the fields.
  public var metadata: JSON?

  /// A record of its parts.
  public init(
    number: Int, fields: NativeFields, path: String? = nil, createdAt: String, updatedAt: String,
    metadata: JSON? = nil
  ) {
    self.number = number
    self.fields = fields
    self.path = path
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.metadata = metadata
  }

  /// Reads one of the service's answers; nil for anything that is not an object with a number.
  public init?(json: JSON) {
    guard let number = json["id"]?.integer, number >= 1 else { return nil }
    self.number = number
    fields = NativeFields { json[$0]?.string }
    path = json["path"]?.string
    createdAt = json["created_at"]?.string ?? ""
    updatedAt = json["updated_at"]?.string ?? ""
    // It goes into a header, so nothing else may be in it.
    if let text = json["etag"]?.string, text.utf8.allSatisfy({ (0x23...0x7E).contains($0) }) { tag = text }
    if let value = json["metadata"], case .object = value { metadata = value }
  }

  /// The moment that the service's text names; 1970 for text that names none.
  public static func time(_ text: String) -> Timestamp {
    // Newer servers may write a zone or a fraction.
    Timestamp(text) ?? Timestamp(text + "Z") ?? Timestamp(milliseconds: 0)
  }

  /// What to call it in a message.
  public var title: String { fields[.name].flatMap { $0.isEmpty ? nil : $0 } ?? "record \(number)" }
}

/// Why an answer is not a list of records.
public enum UnusableList: Error, Equatable, Sendable {
  /// It is not JSON.
  case notJSON(JSONError)
  /// It is not an array.
  case notAList
  /// It has more records than are read.
  case tooMany(Int, limit: Int)
  /// An item is not a record with an id.
  case notARecord
  /// Two records have this id.
  case repeatedID(Int)
}

extension ServiceRecord {
  /// The levels of a list: itself, the record, its metadata, and an entry with all the levels that it may have.
  public static let maximumDepth = 22
  /// The values of a list, names not counted: more than any registry has, and no more than memory is for.
  private static let maximumValues = 1_000_000
  /// The records of a list.
  private static let maximumCount = 50_000

  /// Reads the whole list, in the order of the numbers.
  ///
  /// Strict: what is missing from a list counts as deleted, so a list of which anything is unclear is refused.
  ///
  /// - Throws: ``UnusableList``.
  public static func list(_ answer: [UInt8]) throws(UnusableList) -> [ServiceRecord] {
    let value: JSON
    do throws(JSONError) {
      value = try JSON.parse(answer, maximumDepth: maximumDepth, maximumValues: maximumValues)
    } catch {
      throw .notJSON(error)
    }
    guard let items = value.array else { throw .notAList }
    guard items.count <= maximumCount else {
      throw .tooMany(items.count, limit: maximumCount)
    }
    var records: [ServiceRecord] = []
    var numbers: Set<Int> = []
    for item in items {
      guard let record = ServiceRecord(json: item) else {
        throw .notARecord
      }
      guard numbers.insert(record.number).inserted else {
        throw .repeatedID(record.number)
      }
      records.append(record)
    }
    return records.sorted { $0.number < $1.number }
  }
}
