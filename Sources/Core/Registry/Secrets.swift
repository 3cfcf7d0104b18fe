import ByteStrings

/// What may be a password or a token in a URL.
enum Secrets {
  private static let at = UInt8(ascii: "@")
  private static let colon = UInt8(ascii: ":")

  /// How tokens of well-known services begin.
  private static let tokenPrefixes: [[UInt8]] = [
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glcbt-", "ATBB", "ATCTT",
    "npm_",
    "xoxb-", "xoxp-", "hf_",
  ].map { Array($0.utf8) }

  /// The bytes as they are and as decoded once, twice and so on, for as long as decoding their escapes changes them.
  static func decodings(of bytes: [UInt8]) -> [[UInt8]] {
    var all = [bytes]
    while all.count < 6, let last = all.last, last.contains(UInt8(ascii: "%")) {
      let next = PercentEncoding.decoded(last)
      if next == last { break }
      all.append(next)
    }
    return all
  }

  /// - Throws: ``RefusedURL`` where the path of a URL may hold a password or a token.
  static func refuse(in path: [UInt8]) throws(RefusedURL) {
    guard !decodings(of: path).contains(where: mayHoldSecret) else {
      throw RefusedURL(.secretInPath)
    }
  }

  /// - Throws: ``RefusedURL`` where the user name of an ssh URL may be a token: it is part of the URL, and cannot be
  ///   left out.
  static func refuse(user: [UInt8]) throws(RefusedURL) {
    guard !decodings(of: user).contains(where: holdsToken) else {
      throw RefusedURL(.tokenAsUser)
    }
  }

  /// Whether a user name may be a token: one that a service is known for, or long, with digits, and no word.
  static func mayBeSecret(user: [UInt8]) -> Bool {
    if holdsToken(user) { return true }
    return user.count >= 20 && user.count { (0x30...0x39).contains($0) } >= 3
      && user.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == UInt8(ascii: "_")
      }
  }

  /// Whether a URL, or a part of one, holds something of the form `user:password@`, `name=value` behind `?`, `#`, `&` or
  /// `;`, a user at a URL inside it, or a token.
  static func mayHoldSecret(_ bytes: [UInt8]) -> Bool {
    if holdsToken(bytes) || holdsParameter(bytes) { return true }
    var followsScheme = false
    for part in bytes.split(omittingEmptySubsequences: true, whereSeparator: isSlash) {
      if followsScheme, part.contains(at) { return true }
      followsScheme = part.last == colon
      if holdsPassword(part) { return true }
    }
    return false
  }

  /// Whether a byte parts the components of a path, here or on Windows.
  fileprivate static func isSlash(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
  }

  private static func holdsPassword(_ part: ArraySlice<UInt8>) -> Bool {
    guard let end = part.lastIndex(of: at), let start = part.firstIndex(of: colon) else { return false }
    return start + 1 < end
  }

  private static func holdsParameter(_ bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() where startsParameter(byte) {
      let name = bytes[(index + 1)...].prefix {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "_.-[]".utf8.contains($0)
      }
      if !name.isEmpty, name.endIndex + 1 < bytes.count, bytes[name.endIndex] == UInt8(ascii: "=") {
        return true
      }
    }
    return false
  }

  private static func startsParameter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: ";"): true
    default: false
    }
  }

  /// Whether a token of a well-known service is in it: a beginning, not within a word, and ten characters more.
  static func holdsToken(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
    tokenRange(in: Array(bytes), from: 0) != nil
  }

  private static func isOfToken(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }

  private static func tokenRange(in bytes: [UInt8], from start: Int) -> Range<Int>? {
    guard bytes.count > 12 else { return nil }
    for index in start..<bytes.count where index == 0 || !isOfToken(bytes[index - 1]) {
      for prefix in tokenPrefixes where bytes[index...].starts(with: prefix) {
        let body = bytes[(index + prefix.count)...].prefix(while: isOfToken)
        if body.count >= 10 { return index..<body.endIndex }
      }
    }
    return nil
  }

  /// The bytes with `***` in the place of tokens.
  static func withoutTokens(_ bytes: [UInt8]) -> [UInt8] {
    var (out, start): ([UInt8], Int) = ([], 0)
    while let range = tokenRange(in: bytes, from: start) {
      out += bytes[start..<range.lowerBound] + Array("***".utf8)
      start = range.upperBound
    }
    return out + bytes[start...]
  }

  /// Whether a URL may be shown after ``RemoteURL/withoutSecrets(_:)``: nothing is left in it that could be read as a
  /// secret.
  static func isSafe(toShow text: String) -> Bool {
    // White space and control characters part what belongs together.
    if text.utf8.contains(at), text.utf8.contains(where: { $0.isControl || $0 == UInt8(ascii: " ") }) {
      return false
    }
    let masked = Array(RemoteURL.withoutSecrets(text).utf8)
    let mask = Array(":***@".utf8)
    var bytes: [UInt8] = []
    var index = 0
    while index < masked.count {
      if masked[index...].starts(with: mask) {
        bytes.append(at)
        index += mask.count
      } else {
        bytes.append(masked[index])
        index += 1
      }
    }
    return !decodings(of: bytes).contains { mayHoldSecretForShow($0) }
  }

  private static func mayHoldSecretForShow(_ bytes: [UInt8]) -> Bool {
    // Who logs in by ssh, or is masked already, may be shown.
    if holdsToken(bytes) || holdsParameter(bytes) { return true }
    return bytes.split(omittingEmptySubsequences: true, whereSeparator: isSlash).contains(
      where: holdsPassword)
  }
}

extension RemoteURL {
  /// `text` as it may be shown: whatever could be a password or token of a URL within is `***`.
  ///
  /// For any text, such as what git writes to stderr. In doubt it masks: an unencoded password may hold `/`, `#` or
  /// quotes. The user name of ssh stays.
  public static func withoutSecrets(_ text: String) -> String {
    // Nearly every text has none.
    guard text.utf8.contains(where: { "@?#%_-;&".utf8.contains($0) || $0 == UInt8(ascii: "A") }) else {
      return text
    }
    var out: [UInt8] = []
    for word in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 <= 0x20 }) {
      if word.startIndex > text.utf8.startIndex {
        out.append(text.utf8[text.utf8.index(before: word.startIndex)])
      }
      // Masking may change how the rest reads, so this repeats until nothing more is found.
      var masked = maskedInFull(Array(word))
      for _ in 0..<4 {
        let again = maskedInFull(masked)
        if again == masked { break }
        masked = again
      }
      out += Secrets.withoutTokens(masked)
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static let mask = Array("***".utf8)

  /// ``masked(_:)``, and whatever of the form `user:password@` or `?name=value` is left anywhere in the word.
  private static func maskedInFull(_ word: [UInt8]) -> [UInt8] {
    let bytes = masked(word)
    var (out, start): ([UInt8], Int) = ([], 0)
    while start < bytes.count {
      let end = bytes[start...].firstIndex(where: Secrets.isSlash) ?? bytes.count
      let part = bytes[start..<end]
      if let sign = part.lastIndex(of: UInt8(ascii: "@")), let colon = part.firstIndex(of: UInt8(ascii: ":")),
        colon + 1 < sign, !part[(colon + 1)..<sign].elementsEqual(mask)
      {
        out += part[...colon] + mask + part[sign...]
      } else {
        out += part
      }
      if end < bytes.count { out.append(bytes[end]) }
      start = end + 1
    }
    if let sign = out.firstIndex(where: { "?#".utf8.contains($0) }),
      Secrets.mayHoldSecret(Array(out[sign...])),
      !out[(sign + 1)...].starts(with: mask)
    {
      out = out[...sign] + mask
    }
    // Escapes may hide the signs; then nothing behind the scheme is shown.
    let decoded = Secrets.decodings(of: out)
    if decoded.count > 1, decoded.dropFirst().contains(where: Secrets.mayHoldSecret),
      !Secrets.mayHoldSecret(out)
    {
      let scheme = out.indices.dropLast(2).first { out[$0...].starts(with: "://".utf8) }.map { $0 + 3 } ?? 0
      return out[..<scheme] + mask
    }
    return out
  }

  private static func masked(_ word: [UInt8]) -> [UInt8] {
    let at = UInt8(ascii: "@")
    let colon = UInt8(ascii: ":")
    guard let mark = word.indices.dropLast(2).first(where: { word[$0...].starts(with: "://".utf8) }) else {
      // user:password@host, which no program takes but people write.
      guard let end = word.lastIndex(of: at), let start = word[..<end].firstIndex(of: colon), start + 1 < end,
        !word[start..<end].contains(UInt8(ascii: "/"))
      else { return word }
      return word[...start] + mask + word[end...]
    }
    let start = mark + 3
    let scheme = word[..<mark].suffix(while: {
      $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"")
    })
    let isSSH = scheme.suffix(3).map { $0 | 0x20 }.elementsEqual("ssh".utf8)
    var end = word[start...].firstIndex { "/?#".utf8.contains($0) } ?? word.endIndex
    var sign = word[start..<end].lastIndex(of: at)
    // "user:pa/ss@host": what looks like a port and a path may be a password.
    if Authority.holdsColon(word[start..<end]), let last = word.lastIndex(of: at), last > end {
      // Or the @ is a query's or a fragment's, and what follows it is not a host.
      let signs = word[start..<last].drop { !"?#".utf8.contains($0) }
      if signs.contains(UInt8(ascii: "=")) { return word[..<start] + mask }
      sign = last
      end = word[last...].firstIndex { "/?#".utf8.contains($0) } ?? word.endIndex
    }
    var out = Array(word[..<start])
    if let sign {
      let user = word[start..<sign]
      if isSSH, let password = user.firstIndex(of: colon) {
        out += user[...password] + mask
      } else {
        out += isSSH ? Array(user) : mask
      }
      out += word[sign..<end]
    } else {
      out += word[start..<end]
    }
    let isHTTP = ["http", "https"].contains { name in
      word[..<mark].suffix(name.utf8.count).map { $0 | 0x20 }.elementsEqual(name.utf8)
    }
    // As what is stored: of http(s) the query and the fragment go whole. Elsewhere they are part of a path.
    let query = word[end...].firstIndex { $0 == UInt8(ascii: "?") || isHTTP && $0 == UInt8(ascii: "#") }
    if let query, isHTTP || word[query...].contains(UInt8(ascii: "=")) {
      // Quotes end a message's word; within one they are the value's.
      let close = word[query...].lastIndex { !"'\")>.,:;".utf8.contains($0) }.map { $0 + 1 } ?? word.endIndex
      return out + word[end...query] + (close > query + 1 ? mask : []) + word[max(close, query + 1)...]
    }
    return out + word[end...]
  }
}

extension ArraySlice<UInt8> {
  /// The longest end of which every element is `included`.
  fileprivate func suffix(while included: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    guard let last = lastIndex(where: { !included($0) }) else { return self }
    return self[(last + 1)...]
  }
}
