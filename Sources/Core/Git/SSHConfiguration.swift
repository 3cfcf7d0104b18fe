import SystemSupport
import ByteStrings
public import SystemPackage

/// What ssh's configuration says of the names of hosts: ssh_config(5), as far as it can be read without running anything
/// and without a connection.
///
/// The names that are looked up come from URLs of repositories that anybody may have made, so `ssh -G` is not asked: it
/// runs the commands of `Match exec`, and looks names up where `CanonicalizeHostname` is set. Read are `Host`, `HostName`,
/// `Port`, `User` and `Include`, and `Match` with `all`, `host` and `originalhost`; a `Match` with anything else applies to
/// no host. As for ssh, the first value that is found counts, and a file that others may write is not read.
public struct SSHConfiguration: Sendable {
  /// What a name stands for.
  public struct Host: Sendable, Hashable {
    /// The real name; nil where none is given.
    public var name: String?
    /// The value of `Port`; nil where none is given.
    public var port: Int?
    /// The value of `User`, the name to log in with; nil where none is given.
    public var user: String?

    /// What is known of it.
    public init(name: String? = nil, port: Int? = nil, user: String? = nil) {
      self.name = name
      self.port = port
      self.user = user
    }
  }

  private indirect enum Directive: Sendable {
    case host([String])
    case match([[String]])
    case set(Setting, String)
    case include([Directive])
  }

  private enum Setting: Sendable { case name, port, user }

  private let directives: [Directive]

  /// The files of the user and of the system.
  ///
  /// - Parameter file: read in the place of both, as by `ssh -F`.
  public init(file: FilePath? = nil) {
    let folder = Environment.home?.appending(".ssh")
    var reader = Reader(folder: folder)
    if let file {
      directives = reader.read(file, checkingOwner: false)
    } else {
      let users = folder.map { reader.read($0.appending("config"), checkingOwner: true) } ?? []
      reader.folder = "/etc/ssh"
      // A condition of the user's file ends with it.
      directives = [.include(users), .include(reader.read("/etc/ssh/ssh_config", checkingOwner: false))]
    }
  }

  /// What `name` stands for, as a person writes it.
  public func host(_ name: String) -> Host {
    var host = Host()
    Self.evaluate(directives, name, true, &host)
    return host
  }

  private static func evaluate(
    _ directives: [Directive], _ name: String, _ isActive: Bool, _ host: inout Host
  ) {
    var applies = isActive
    for directive in directives {
      switch directive {
      case .host(let patterns): applies = isActive && SSHPattern.list(patterns, match: name)
      case .match(let criteria):
        applies = isActive && criteria.allSatisfy { self.applies($0, to: name, host.name ?? name) }
      case .set(let setting, let value) where applies: set(setting, value, name, &host)
      case .set: break
      case .include(let included): evaluate(included, name, applies, &host)
      }
    }
  }

  private static func applies(_ criterion: [String], to name: String, _ real: String) -> Bool {
    guard var word = criterion.first?.lowercased() else { return false }
    let isNegated = word.begins(with: "!")
    if isNegated { word.removeFirst() }
    if word == "all" { return !isNegated }
    guard criterion.count == 2, word == "host" || word == "originalhost" else { return false }
    let patterns = criterion[1].split(at: ",").map(String.init)
    return SSHPattern.list(patterns, match: word == "host" ? real : name) != isNegated
  }

  private static func set(_ setting: Setting, _ value: String, _ name: String, _ host: inout Host) {
    switch setting {
    case .name where host.name == nil:
      let expanded = value.replacing("%h", with: name).replacing("%%", with: "%")
      // What other tokens stand for is known when a connection is made.
      if !expanded.holds("%") || expanded.holds(":") { host.name = expanded }
    case .port where host.port == nil: host.port = Int(value)
    case .user where host.user == nil && !value.holds("%"): host.user = value
    default: break
    }
  }

  /// Reads files and those that they include, within bounds.
  private struct Reader {
    /// What relative names of included files start from.
    var folder: FilePath?
    private var files = 0
    private var bytes = 0

    private static let (depth, mostFiles, mostBytes) = (16, 256, 1 << 20)

    init(folder: FilePath?) { self.folder = folder }

    mutating func read(_ path: FilePath, checkingOwner: Bool, level: Int = 0) -> [Directive] {
      guard level <= Self.depth, files < Self.mostFiles, !checkingOwner || Self.isTrusted(path),
        let content = try? Files.read(path, limit: Self.mostBytes - bytes)
      else { return [] }
      files += 1
      bytes += content.count
      var directives: [Directive] = []
      for line in content.split(separator: UInt8(ascii: "\n")) {
        // ssh connects nowhere by a file with a line whose quotes do not close.
        guard let words = Self.words(line) else { return [] }
        guard words.count > 1, let keyword = words.first?.lowercased() else { continue }
        let values = Array(words.dropFirst())
        switch keyword {
        case "host": directives.append(.host(values))
        case "match": directives.append(.match(Self.criteria(values)))
        case "hostname": directives.append(.set(.name, values[0]))
        case "port": directives.append(.set(.port, values[0]))
        case "user": directives.append(.set(.user, values[0]))
        case "include":
          for path in values.flatMap(included) {
            directives.append(.include(read(path, checkingOwner: checkingOwner, level: level + 1)))
          }
        default: break
        }
      }
      return directives
    }

    /// Whether ssh would read a user's file: it is the user's or root's, and nobody else may write it.
    private static func isTrusted(_ path: FilePath) -> Bool {
      guard let status = Stat(at: path) else { return false }
      return (status.owner == 0 || status.owner == FileOwner.callingUser) && status.modeBits & 0o022 == 0
    }

    private func included(_ pattern: String) -> [FilePath] {
      var path = FilePath(pattern)
      if pattern.begins(with: "~/"), let home = Environment.home {
        path = home.pushing(FilePath(String(pattern.dropFirst(2))))
      } else if path.isRelative {
        guard let folder else { return [] }
        path = folder.pushing(path)
      }
      return Wildcards.files(path, atMost: Self.mostFiles)
    }

    /// `criterion [argument]`, one after the other; all stands alone.
    private static func criteria(_ words: [String]) -> [[String]] {
      var criteria: [[String]] = []
      var index = 0
      while index < words.count {
        let name = words[index].lowercased()
        let takesNone = ["all", "canonical", "final", "!all", "!canonical", "!final"].contains(name)
        criteria.append(Array(words[index..<min(words.count, index + (takesNone ? 1 : 2))]))
        index += takesNone ? 1 : 2
      }
      return criteria
    }

    /// A line's words: blanks or one `=` part them, quotes keep them together, `#` ends them; nil where a quote
    /// does not close.
    private static func words(_ line: ArraySlice<UInt8>) -> [String]? {
      var words: [[UInt8]] = []
      var word: [UInt8]?
      var quote: UInt8?
      for byte in line {
        if let open = quote {
          if byte == open { quote = nil } else { word = (word ?? []) + [byte] }
        } else if byte == UInt8(ascii: "\"") {
          quote = byte
          word = word ?? []
        } else if byte == 0x20 || byte == 0x09 || byte == 0x0D
          || byte == UInt8(ascii: "=") && words.count <= 1
        {
          if let done = word { words.append(done) }
          word = nil
        } else if byte == UInt8(ascii: "#"), word == nil {
          break
        } else {
          word = (word ?? []) + [byte]
        }
      }
      guard quote == nil else { return nil }
      if let word { words.append(word) }
      return words.map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

/// Patterns of ssh_config(5): `*`, `?`, and `!` before one that must not match.
enum SSHPattern {
  /// Whether one of the patterns matches, and none of the negated ones does.
  static func list(_ patterns: [String], match name: String) -> Bool {
    var matches = false
    for pattern in patterns {
      if pattern.begins(with: "!") {
        if Self.pattern(pattern.dropFirst().utf8, matches: name.utf8) { return false }
      } else if Self.pattern(pattern[...].utf8, matches: name.utf8) {
        matches = true
      }
    }
    return matches
  }

  /// In time that grows with both lengths' product, whatever stars there are.
  private static func pattern(_ pattern: Substring.UTF8View, matches name: String.UTF8View) -> Bool {
    let (pattern, name) = (Array(pattern), Array(name))
    var (p, n) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || lowered(pattern[p]) == lowered(name[n])
      {
        p += 1
        n += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        p = last.pattern + 1
        n = last.name + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
