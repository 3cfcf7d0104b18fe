import Git
import Registry
import WorkProd

// The module under test is handed what hashes; here that is libgit2, as in the remote helper.

extension RecordSet {
  init(_ records: [ServiceRecord], _ form: ServiceFlavor, knowing lastSeen: LastSeenState = LastSeenState()) {
    self.init(records, form, knowing: lastSeen, hash: ObjectID.blobHash)
  }
}

extension ServiceFingerprint {
  init(_ records: [ServiceRecord], _ form: ServiceFlavor, _ known: [Int: LastSeenState.Remembered]) {
    self.init(records, form, known, hash: ObjectID.blobHash)
  }
}

extension ProjectSnapshot {
  init(madeElsewhere record: ServiceRecord, _ form: ServiceFlavor, identity: String) {
    self.init(madeElsewhere: record, form, identity: identity, hash: ObjectID.blobHash)
  }

  static func problem(_ id: ProjectID, _ project: JSON) -> String? {
    problem(id, project, hash: ObjectID.blobHash)
  }

  func creation(_ form: ServiceFlavor, path: String?) -> JSON {
    creation(form, path: path, hash: ObjectID.blobHash)
  }

  func change(of record: ServiceRecord, _ form: ServiceFlavor) -> JSON {
    change(of: record, form, hash: ObjectID.blobHash)
  }

  func correction(of body: JSON, for record: ServiceRecord?, _ answered: ServiceRecord) -> JSON? {
    correction(of: body, for: record, answered, hash: ObjectID.blobHash)
  }
}

extension LastSeenState {
  /// What is remembered of records that were read.
  init(_ set: RecordSet) {
    self.init()
    records = set.remembered
    snapshot = { set.contents.snapshots[$0] }
  }
}
