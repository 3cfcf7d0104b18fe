import ByteStrings
import SystemPackage
import SystemSupport

/// Decides which of several places of a project, all found by one search, is the one that people work in: one outside folders of
/// backups, then the one with the fewest directories above it, then the first by name.
struct SearchRank: Comparable {
  private let isCopy: Bool
  private let depth: Int
  private let bytes: [UInt8]

  init(_ path: FilePath) {
    isCopy = path.components.contains { Self.isOfCopies($0.string.lowercased()) }
    depth = path.components.count
    bytes = path.bytes
  }

  /// What people and programs call a folder of copies.
  private static func isOfCopies(_ name: String) -> Bool {
    let word = name.begins(with: ".") || name.begins(with: "@") ? String(name.dropFirst()) : name
    return ["backup", "snapshot", "timeshift", "trash", "zfs"].contains { word.begins(with: $0) }
      || [".bak", ".old", ".orig", "~"].contains { name.ends(with: $0) }
  }

  static func < (left: SearchRank, right: SearchRank) -> Bool {
    if left.isCopy != right.isCopy { return right.isCopy }
    if left.depth != right.depth { return left.depth < right.depth }
    return left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
