import Registry
import WorkProd

/// What a service wants to be unique among its records.
struct TakenNames {
  private var urls: Set<[UInt8]> = []
  private var paths: [[UInt8]: ProjectID?] = [:]

  /// What these records have.
  init(_ records: RecordSet, without deleted: [ServiceRecord]) {
    let gone = Set(deleted.map(\.number))
    for holding in records.holdings.values {
      for record in [holding.record] + holding.copies where !gone.contains(record.number) {
        if let url = record.fields[.remoteURL] { urls.insert(Array(url.utf8)) }
        if let path = record.path { paths[Array(path.utf8)] = .some(nil) }
      }
    }
  }

  /// Whether no record had the project's remote URL, to the letter; from now on one has.
  mutating func takeURL(of snapshot: ProjectSnapshot) -> Bool {
    guard let url = NativeFields.sent(.remoteURL, snapshot.project[.remoteURL]?.string) else {
      return true
    }
    return urls.insert(Array(url.utf8)).inserted
  }

  /// Whether no other project's record had the path; from now on the record of this project has it.
  mutating func takePath(_ path: String, by project: ProjectID) -> Bool {
    let key = Array(path.utf8)
    if let owner = paths[key] { return owner == project }
    paths[key] = project
    return true
  }
}
