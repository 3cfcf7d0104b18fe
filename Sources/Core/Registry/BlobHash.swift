/// Gives the name that git gives a blob of these bytes, 40 lower-case hexadecimal digits as `git hash-object --stdin` prints them;
/// nil where it cannot be computed.
///
/// It is handed to what needs ids, for this module computes no hash itself; libgit2's is `Git`'s `ObjectID.blobHash`.
public typealias BlobHash = @Sendable (_ bytes: [UInt8]) -> String?

extension ProjectID {
  /// The id of the project with this identity record: the hash of the record as one line.
  public init?(ofIdentity record: String, hash: BlobHash) {
    guard let hex = hash(Array((record + "\n").utf8)) else { return nil }
    self.init(hex)
  }
}
