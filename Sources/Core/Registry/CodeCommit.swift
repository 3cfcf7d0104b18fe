/// URLs of AWS CodeCommit's remote helper, as git-remote-codecommit(1) documents them: `codecommit::REGION://[PROFILE@]REPOSITORY`
/// and `codecommit://[PROFILE@]REPOSITORY`.
///
/// They are data: a helper that is handed one asks AWS, by the profile that this machine's user has. Letters, digits and
/// a few marks are all that can be in one. git runs the helper only where the user allows it (git-config(1),
/// `protocol.codecommit.allow`; `GIT_ALLOW_PROTOCOL`).
enum CodeCommit {
  static func isRegion(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }

  /// Whether the bytes are `[PROFILE@]REPOSITORY`.
  static func isPlace(_ bytes: [UInt8]) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return false }
    return parts.allSatisfy { part in
      guard let first = part.first, part.count <= 100, isAlphanumeric(first) || first == UInt8(ascii: "_")
      else {
        return false
      }
      return part.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }
}
