import ByteStrings

/// A URL of the two forms that nearly all remotes have, `https://host/owner/name.git` and `git@host:owner/name.git`, of nothing but
/// letters, digits and `._-/`, at a host that no rule of ``RepositoryPlace`` is about.
///
/// Such a URL is stored as it is, and what it is compared by is a part of it: of 100,000 entries each has one or two, and to take
/// them apart by all rules takes longer than all the rest of an entry. What is not certain here is read by those rules; a test
/// holds the one against the other.
package enum PlainURL {
  /// What a plain URL is compared by; nil for any other.
  package static func normalized(_ text: String) -> String? {
    guard text.utf8.count <= Limits.url else { return nil }
    return text.utf8.withContiguousStorageIfAvailable { place($0) } ?? nil
  }

  private static func place(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let https: StaticString = "https://"
    let scp: StaticString = "git@"
    let start: Int
    let separator: UInt8
    if begins(bytes, with: https) {
      (start, separator) = (https.utf8CodeUnitCount, UInt8(ascii: "/"))
    } else if begins(bytes, with: scp) {
      (start, separator) = (scp.utf8CodeUnitCount, UInt8(ascii: ":"))
    } else {
      return nil
    }
    guard let hostEnd = bytes[start...].firstIndex(of: separator),
      isHost(UnsafeBufferPointer(rebasing: bytes[start..<hostEnd]))
    else { return nil }
    let isCaseless = isCaseless(UnsafeBufferPointer(rebasing: bytes[start..<hostEnd]))
    guard let pathEnd = pathEnd(bytes, from: hostEnd + 1, isCaseless: isCaseless) else { return nil }
    return String(unsafeUninitializedCapacity: pathEnd - start) { out in
      for index in start..<pathEnd { out.initializeElement(at: index - start, to: bytes[index]) }
      out[hostEnd - start] = UInt8(ascii: "/")
      return pathEnd - start
    }
  }

  private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, with text: StaticString) -> Bool {
    guard bytes.count > text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount where bytes[index] != text.utf8Start[index] { return false }
    return true
  }

  private static func isDigitOrSmall(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || byte &- 0x61 < 26 }

  /// What is in the name of a host that has rules of its own.
  private static let marks: [[UInt8]] = [
    "gerrit", "review", "google", "azure", "visualstudio", "gist", "codecommit", "hf.co", "heroku",
    "www.github", "ssh.", "http", "savannah", "sv.", "gitolite", "pkgs.fedora", "gitrepo.", "sourcemanager",
  ].map { Array($0.utf8) }

  private static func isHost(_ host: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = host.first, let last = host.last, isDigitOrSmall(first), isDigitOrSmall(last),
      host.allSatisfy({ isDigitOrSmall($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
    else { return false }
    for start in host.indices where firstOfMarks >> UInt64(host[start] & 63) & 1 == 1 {
      let rest = UnsafeBufferPointer(rebasing: host[start...])
      if marks.contains(where: { rest.starts(with: $0) }) { return false }
    }
    return true
  }

  /// A bit for each first byte of a mark, by its lower six bits: at most places of a host no mark can begin.
  private static let firstOfMarks = marks.reduce(UInt64(0)) { $0 | 1 << UInt64($1[0] & 63) }

  /// Whether a host takes a path in any case.
  private static func isCaseless(_ host: UnsafeBufferPointer<UInt8>) -> Bool {
    RepositoryPlace.caseless.contains { $0.utf8.count == host.count && $0.utf8.elementsEqual(host) }
  }

  /// Where the path ends that is compared by: before `.git`. Nil for a path of any other form than names with slashes between.
  private static func pathEnd(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isCaseless: Bool
  ) -> Int? {
    var name = start
    var mayHoldToken = false
    for index in start..<bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "/"):
        guard isName(bytes, name..<index) else { return nil }
        name = index + 1
      case UInt8(ascii: "_"), UInt8(ascii: "-"): mayHoldToken = true
      case UInt8(ascii: "."): break
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        if isCaseless { return nil }
        mayHoldToken = mayHoldToken || byte == UInt8(ascii: "A")
      default: guard isDigitOrSmall(byte) else { return nil }
      }
    }
    let git: StaticString = ".git"
    var end = bytes.count
    if end - name > 4, (0..<4).allSatisfy({ bytes[end - 4 + $0] == git.utf8Start[$0] }) { end -= 4 }
    guard isName(bytes, name..<end) else { return nil }
    // What is left may end in it once more.
    if end - name >= 4, (0..<4).allSatisfy({ bytes[end - 4 + $0] == git.utf8Start[$0] }) { return nil }
    // Each of the known beginnings of tokens has one of these bytes.
    if mayHoldToken, Secrets.holdsToken(bytes[start...]) { return nil }
    return end
  }

  /// Whether a part of a path is a name that means nothing else: no `.` or option, and not the one that Bitbucket's servers go by.
  private static func isName(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    guard let first = bytes[range].first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
      return false
    }
    return !bytes[range].elementsEqual("scm".utf8)
  }
}
