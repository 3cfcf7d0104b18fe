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
    var lines = RequestLines(bytes)
    do throws(RequestLines.Malformed) {
      while let next = try lines.next() {
        guard case .text(let line) = next else { continue }
        if line.starts(with: "shallow ".utf8) || line.starts(with: "deepen".utf8) { ends += 1 }
        if ends > endLimit { break }
        guard line.starts(with: "want".utf8) else { continue }
        let word = line.dropFirst(5).prefix { RequestLines.isHexadecimal($0) }
        guard line.dropFirst(4).first == UInt8(ascii: " "), word.count == 40 else {
          throw RequestLines.Malformed()
        }
        wants.insert(String(decoding: word, as: UTF8.self).lowercased())
      }
    } catch {
      throw .malformed
    }
    if ends > endLimit { throw .moreEnds(than: endLimit) }
    return wants
  }

  /// How git says that an object is not given.
  static func refusal(of object: String) -> String {
    let line = "ERR upload-pack: not our ref \(object)"
    let length = String(line.utf8.count + 4, radix: 16)
    return String(repeating: "0", count: 4 - length.count) + length + line
  }
}
