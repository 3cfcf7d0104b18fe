extension RemoteURL {
  /// `text` as it may be shown: whatever could be a password or token of a URL within is `***`.
  ///
  /// For any text, such as what git writes to stderr. In doubt it masks: an unencoded password may hold `/`, `#` or
  /// quotes. The user name of ssh stays.
  public static func withoutSecrets(_ text: String) -> String {
    // Nearly every text is none of the kind.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "?") }) else {
      return text
    }
    var out: [UInt8] = []
    for word in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 <= 0x20 }) {
      if word.startIndex > text.utf8.startIndex {
        out.append(text.utf8[text.utf8.index(before: word.startIndex)])
      }
      out += masked(Array(word))
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static let mask = Array("***".utf8)

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
    if let query = word[end...].firstIndex(of: UInt8(ascii: "?")), word[query...].contains(UInt8(ascii: "="))
    {
      // Quotes end a message's word; within one they are the value's.
      let close = word[query...].lastIndex { !"'\")>.,:;".utf8.contains($0) }.map { $0 + 1 } ?? word.endIndex
      return out + word[end...query] + mask + word[close...]
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
