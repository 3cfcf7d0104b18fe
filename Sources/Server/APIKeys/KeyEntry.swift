import ByteStrings
public import Registry
import SystemSupport

/// What a key lets its bearer do.
public enum KeyAccess: String, Sendable {
  /// Read everything, change nothing.
  case readOnly = "read-only"
  /// Read and change everything.
  case readWrite = "read-write"
  /// See the pages for people, without the paths on machines, and nothing else.
  case withoutPaths = "no-paths"
}

/// A key as it is kept: what it is called, what it is for, and its digest.
public struct KeyEntry: Sendable {
  /// What people call it.
  public let name: String
  /// What it lets its bearer do.
  public let access: KeyAccess
  /// When it was made.
  public let created: Timestamp
  /// What it is recognised by.
  let digest: KeyDigest

  /// A new entry.
  init(name: String, access: KeyAccess, created: Timestamp, digest: KeyDigest) {
    self.name = name
    self.access = access
    self.created = created
    self.digest = digest
  }

  /// The key of one run of a server, which nobody is told: browsers get in by a link.
  public static func ofRun(named name: String) -> KeyEntry {
    KeyEntry(
      name: name, access: .readWrite, created: Timestamp(milliseconds: Clock.nowMilliseconds),
      digest: KeyDigest(of: Host.randomHex(32).utf8))
  }

  /// The entry that ``line`` wrote; nil for anything else.
  init?(line: some StringProtocol) {
    let fields = line.split(at: "\t", omittingEmptySubsequences: false)
    guard fields.count == 4, Self.isName(fields[0]), let access = KeyAccess(rawValue: String(fields[1])),
      let created = Timestamp(fields[2]), let digest = KeyDigest(hex: fields[3])
    else { return nil }
    self.init(name: String(fields[0]), access: access, created: created, digest: digest)
  }

  /// Its fields with tabs between them, without a newline.
  var line: String { "\(name)\t\(access.rawValue)\t\(created)\t\(digest.hex)" }

  /// Whether `text` can be the name of a key: 1 to 64 ASCII letters, digits, `.`, `_` and `-`, a letter or digit first.
  public static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
