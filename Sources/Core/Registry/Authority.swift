import ByteStrings

/// The part of a URL that says who and where: `[user[:password]@]host[:port]`.
struct Authority {
  /// The user as written; empty where there is none.
  let user: [UInt8]
  /// Whether a password was there.
  let password: Bool
  /// The host in lower case, an IPv6 address in brackets.
  let host: String
  /// The port, where one is written.
  let port: Int?
  /// Host and port as written.
  let hostAndPort: [UInt8]

  /// - Parameter text: the whole URL, for messages.
  init(_ bytes: ArraySlice<UInt8>, text: String) throws(RefusedURL) {
    let at = bytes.lastIndex(of: UInt8(ascii: "@"))
    let userinfo = at.map { bytes[..<$0] } ?? []
    let colon = userinfo.firstIndex(of: UInt8(ascii: ":"))
    user = Array(colon.map { userinfo[..<$0] } ?? userinfo)
    password = colon != nil
    let place = at.map { bytes[($0 + 1)...] } ?? bytes
    hostAndPort = Array(place)

    if !user.isEmpty { try Self.check(user: user, text: text) }

    var name = place
    var digits: ArraySlice<UInt8>?
    if place.first == UInt8(ascii: "[") {
      guard let close = place.firstIndex(of: UInt8(ascii: "]")) else {
        throw RefusedURL(.host, text)
      }
      name = place[...close]
      let behind = place[(close + 1)...]
      guard behind.isEmpty || behind.first == UInt8(ascii: ":") else {
        throw RefusedURL(.host, text)
      }
      digits = behind.isEmpty ? nil : behind.dropFirst()
    } else if let colon = place.firstIndex(of: UInt8(ascii: ":")) {
      name = place[..<colon]
      digits = place[(colon + 1)...]
    }
    if let digits, !digits.isEmpty {
      // What is not a number here may be a password with an unencoded slash, so the message shows nothing of it.
      guard digits.count <= 5, digits.allSatisfy({ (0x30...0x39).contains($0) }),
        let port = Int(String(decoding: digits, as: UTF8.self)), (1...65535).contains(port)
      else { throw RefusedURL(.port) }
      self.port = port
    } else {
      port = nil
    }
    let decoded = ByteText.string(from: PercentEncoding.decoded(name).map(lowered))
    guard !decoded.begins(with: "-") else { throw RefusedURL(.option, text) }
    guard Self.isHost(decoded) else { throw RefusedURL(.host, text) }
    host = decoded
  }

  private static func check(user: [UInt8], text: String) throws(RefusedURL) {
    // An encoded colon is one once it is decoded.
    let fullyDecoded = Secrets.decodings(of: user).last ?? user
    guard !fullyDecoded.contains(UInt8(ascii: ":")) else {
      throw RefusedURL(.colonInUser)
    }
    let decodedUser = ByteText.string(from: fullyDecoded)
    guard !decodedUser.begins(with: "-") else { throw RefusedURL(.option, text) }
    guard
      !decodedUser.unicodeScalars.contains(where: { $0.isControl || $0 == " " || $0 == "/" || $0 == "\\" })
    else {
      throw RefusedURL(.user, text)
    }
  }

  /// Whether a colon stands before a port or a password, and not within the brackets of an address.
  static func holdsColon(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let open = bytes.firstIndex(of: UInt8(ascii: "[")),
      let close = bytes.lastIndex(of: UInt8(ascii: "]")),
      open < close
    else { return bytes.contains(UInt8(ascii: ":")) }
    return bytes[..<open].contains(UInt8(ascii: ":")) || bytes[close...].contains(UInt8(ascii: ":"))
  }

  private static func isHost(_ name: String) -> Bool {
    if name.begins(with: "[") {
      // hexadecimal groups, a dotted end, and a zone such as %eth0
      return name.ends(with: "]") && name.utf8.count > 3
        && name.unicodeScalars.dropFirst().dropLast().allSatisfy {
          $0.isASCII
            && ($0.properties.isAlphabetic || (0x30...0x39).contains($0.value)
              || ":.%_-".unicodeScalars.contains($0))
        }
    }
    // Names in other scripts pass; what separates, hides or is not text does not.
    return !name.isEmpty
      && name.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "0"..."9", "-", ".", "_": true
        default:
          !scalar.isASCII && scalar.value < 0x10FF80
            && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }
      }
  }
}
