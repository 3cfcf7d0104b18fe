/// What a client sends to `git receive-pack`, as far as a server has to decide on it; see gitprotocol-pack(5).
enum ReceivePackRequest {
  /// The most lines before the objects: a push of a registry has one for each reference that it moves.
  static let lineLimit = 1000
  /// The bytes in which they have to be.
  static let headLimit = 1 << 20

  /// Whether git is to see a request that begins so: its commands end within the limit.
  ///
  /// git looks for the object of each `shallow` line, and a request may have as many as a large push has bytes. What is not made
  /// of pkt-lines git refuses itself.
  static func isBounded(_ head: [UInt8]) -> Bool {
    var lines = RequestLines(head)
    var count = 0
    while let line = try? lines.next() {
      guard case .text = line else { return true }
      count += 1
      if count > lineLimit { return false }
    }
    return head.count < headLimit
  }
}
