/// Which of git's forms a remote's URL has; nothing is checked yet.
enum URLForm {
  /// `name::address`.
  case helper(String, [UInt8])
  /// `scheme://rest`, the scheme in lower case.
  case url(String, [UInt8])
  /// `[user@]host:path`; the host may be in brackets.
  case scp([UInt8], [UInt8])
  /// A path of this system.
  case path

  init(_ bytes: [UInt8]) {
    let word = bytes.prefix {
      switch $0 {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    let rest = bytes[word.endIndex...]
    if rest.starts(with: "::".utf8) {
      // git takes an empty name too, and would run the program `git-remote-`.
      self = .helper(String(decoding: word, as: UTF8.self), Array(rest.dropFirst(2)))
      return
    }
    if !word.isEmpty, rest.starts(with: "://".utf8) {
      self = .url(String(decoding: word.map(lowered), as: UTF8.self), Array(rest.dropFirst(3)))
      return
    }
    // A colon before the first slash makes it a host; those within brackets belong to the address.
    var inBrackets = false
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "["): inBrackets = true
      case UInt8(ascii: "]"): inBrackets = false
      case UInt8(ascii: "/"):
        self = .path
        return
      case UInt8(ascii: ":") where !inBrackets:
        self = .scp(Array(bytes[..<index]), Array(bytes[(index + 1)...]))
        return
      default: break
      }
    }
    self = .path
  }
}

/// The transports over a network that are allowed.
enum Transport {
  case git, http, https, ssh

  init?(_ scheme: String) {
    switch scheme {
    case "git": self = .git
    case "http": self = .http
    case "https": self = .https
    case "ssh", "git+ssh", "ssh+git": self = .ssh
    default: return nil
    }
  }

  /// The port that need not be written.
  var defaultPort: Int {
    switch self {
    case .git: 9418
    case .http: 80
    case .https: 443
    case .ssh: 22
    }
  }
}
