import Registry

/// A record as it is answered: its fields, and the bytes of its JSON, made once.
public final class Record: Sendable {
  /// Its number, which the contract calls `id`.
  public let number: Int
  /// The fields that clients give.
  public let values: RecordValues
  /// When the server first saw it.
  public let created: ServiceTime
  /// When it last changed here.
  public let updated: ServiceTime
  /// The JSON object.
  public let bytes: [UInt8]
  /// What tells this state of it from any other; nil where the flavor knows no such thing.
  public let tag: String?
  /// The entries that it stands for; nil where it stands for itself.
  let source: RecordSource?

  /// The fields that the registry has cut, because it has no room for what the record says.
  public var cut: [RecordField] { source?.whole.texts.keys.sorted { $0.rawValue < $1.rawValue } ?? [] }

  init(
    number: Int, values: RecordValues, created: ServiceTime, updated: ServiceTime, metadata: JSON? = nil,
    source: RecordSource? = nil
  ) {
    self.number = number
    self.values = values
    self.created = created
    self.updated = updated
    self.source = source
    var members = values.members(number: number, created: created, updated: updated)
    guard let metadata else {
      bytes = Array(JSON.object(members).compact.utf8)
      tag = nil
      return
    }
    members["metadata"] = metadata
    let object = Array(JSON.object(members).compact.utf8)
    tag = EntityTag.of(object)
    // Also in the record itself, so that a client that has read the list can name the state it knows.
    bytes = Array("{\"etag\":\"\(tag ?? "")\",".utf8) + object.dropFirst()
  }
}
