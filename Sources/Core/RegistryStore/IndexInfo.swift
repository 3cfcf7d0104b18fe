public import Git
public import ByteStrings
public import Registry

/// A record of `git update-index --index-info`: `MODE SP OBJECT TAB PATH`.
public struct IndexInfo: Sendable {
  /// Where in the registry.
  public let path: EntryPath
  /// The blob that is to stand there; nil removes what does.
  public let blob: ObjectID?

  /// A record of its parts.
  public init(path: EntryPath, blob: ObjectID?) {
    self.path = path
    self.blob = blob
  }

  /// The record as it stands in a stream of this format, without its end.
  public func bytes(_ format: RecordFormat) -> [UInt8] {
    let mode = blob == nil ? "0" : "100644"
    let hash = blob?.hex ?? String(repeating: "0", count: 40)
    return Array("\(mode) \(hash)\t".utf8) + format.field(path.path)
  }

  /// Reads a record, also in the form `MODE SP TYPE SP OBJECT TAB PATH` of `git ls-tree`.
  ///
  /// - Throws: ``RegistryStoreError/unusableRecord(_:_:)``.
  public init(parsing record: [UInt8], _ format: RecordFormat) throws {
    func refused(_ fault: RegistryStoreError.RecordFault) -> RegistryStoreError {
      .unusableRecord(record, fault)
    }
    guard let tab = record.firstIndex(of: UInt8(ascii: "\t")) else {
      throw refused(.noTab)
    }
    let words = String(decoding: record[..<tab], as: UTF8.self).split(at: " ")
    let rest = record[(tab + 1)...]
    guard words.count == 2 || (words.count == 3 && (words[1] == "blob" || words[2] == "0")) else {
      throw refused(.malformedHead)
    }
    guard let name = format == .nul ? Array(rest) : Quoting.unquote(rest) else {
      throw refused(.malformedQuoting)
    }
    let isRemoval = words[0].allSatisfy { $0 == "0" }
    // What this version does not know it does not write.
    guard let path = EntryPath(bytes: name) ?? (isRemoval ? .unknown(path: name) : nil) else {
      throw refused(.notAnEntry)
    }
    self.path = path
    if isRemoval {
      guard path != .format else { throw refused(.removesFormat) }
      blob = nil
      return
    }
    guard words[0] == "100644" else { throw refused(.unknownMode) }
    let hash = words.count == 3 && words[1] == "blob" ? words[2] : words[1]
    guard let id = ObjectID(hex: String(hash)) else { throw refused(.malformedObject(String(hash))) }
    blob = id
  }
}

extension RegistryStore {
  /// Writes the objects of these values, and moves no reference.
  ///
  /// - Returns: the records that put them into the registry, sorted by path.
  public func write(_ entries: [EntryPath: JSON?]) throws -> [IndexInfo] {
    try repository.withBatch { repository in
      try entries.map { path, value in
        IndexInfo(path: path, blob: try value.map { try repository.writeBlob($0.canonical) })
      }
    }.sorted { $0.path < $1.path }
  }

  /// Applies records, each checked first, in one commit.
  ///
  /// - Returns: the commits that main was and is at.
  public func apply(
    _ records: [IndexInfo], message: String, expecting expected: ObjectID?
  ) throws -> (old: ObjectID, new: ObjectID) {
    var blobs: [EntryPath: ObjectID?] = [:]
    for record in records {
      if let blob = record.blob {
        do {
          _ = try checkedJSON(blob, at: record.path)
        } catch {
          throw RegistryStoreError.unusableObject(blob, record.path, error)
        }
      }
      blobs[record.path] = .some(record.blob)
    }
    return try update(blobs: blobs, message: message, expecting: expected)
  }
}
