/// What a client asks of `git upload-pack`, as far as a server has to decide on it; see gitprotocol-pack(5).
enum UploadPackRequest {
  /// Why a request is not handed to git.
  enum Fault: Error {
    /// It is not made of pkt-lines.
    case malformed
    /// It says more often than this where the client's history ends, or is to end. git looks for each of them among its objects, and
    /// for a name among its refs: a request of 8 MiB would have it at work for half a minute.
    case moreEnds(than: Int)
  }

  /// The most `shallow` and `deepen…` lines: what a shallow clone of a registry has is a few.
  private static let endLimit = 1000

  /// The objects that it wants, each once.
  ///
  /// git itself gives whatever some ref has, hidden or not, and any blob, to a client that names it: what may be wanted is
  /// decided here.
  static func wants(in bytes: [UInt8]) throws(Fault) -> Set<String> {
    var wants: Set<String> = []
    var ends = 0
    var rest = bytes[...]
    while !rest.isEmpty {
      let digits = rest.prefix(4)
      guard digits.count == 4, digits.allSatisfy({ isHexadecimal($0) }),
        let length = Int(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw .malformed }
      rest = rest.dropFirst(4)
      // The ends of sections.
      if length < 4 { continue }
      guard rest.count >= length - 4 else { throw .malformed }
      let line = rest.prefix(length - 4)
      rest = rest.dropFirst(length - 4)
      if line.starts(with: "shallow ".utf8) || line.starts(with: "deepen".utf8) { ends += 1 }
      guard ends <= endLimit else { throw .moreEnds(than: endLimit) }
      guard line.starts(with: "want".utf8) else { continue }
      let word = line.dropFirst(5).prefix { isHexadecimal($0) }
      guard line.dropFirst(4).first == UInt8(ascii: " "), word.count == 40 else { throw .malformed }
      wants.insert(String(decoding: word, as: UTF8.self).lowercased())
    }
    return wants
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  /// How git says that an object is not given.
  static func refusal(of object: String) -> String {
    let line = "ERR upload-pack: not our ref \(object)"
    let length = String(line.utf8.count + 4, radix: 16)
    return String(repeating: "0", count: 4 - length.count) + length + line
  }
}
