#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import CPlatform
public import SystemPackage

/// The file system that a file or directory is on, as statfs(2) describes it.
public struct FileSystem: Equatable, Sendable {
  /// Where its files are.
  public enum Place: Equatable, Sendable {
    /// On this computer.
    case local
    /// On another one.
    case remote
    /// A program answers for it, which may ask another computer: FUSE.
    case program
  }

  /// What it is called, such as `ext4`, or its number where it has no name here.
  public let kind: String
  /// Where its files are.
  public let place: Place
  /// Bytes that this user may still write.
  public let free: UInt64
  /// Bytes that it has in all.
  public let size: UInt64
  /// Files that may still be made; nil where it has no limit.
  public let freeFiles: UInt64?
  /// Files that it can have in all; nil where it has no limit.
  public let files: UInt64?
  /// Whether nothing can be written to it.
  public let isReadOnly: Bool

  /// A file system that is described so.
  public init(
    kind: String, place: Place, free: UInt64, size: UInt64, freeFiles: UInt64? = nil, files: UInt64? = nil,
    isReadOnly: Bool = false
  ) {
    self.kind = kind
    self.place = place
    self.free = free
    self.size = size
    self.freeFiles = freeFiles
    self.files = files
    self.isReadOnly = isReadOnly
  }

  /// Whether the times of a directory tell each change of what it holds, finely: of those on other computers, of programs, and of old
  /// kinds that is not known.
  public var tellsChanges: Bool {
    place == .local
      && ["ext4", "btrfs", "xfs", "tmpfs", "zfs", "f2fs", "bcachefs", "apfs", "hfs"].contains(kind)
  }

  /// The one that `path` is on; nil where nothing is there, or it does not say.
  public init?(at path: FilePath) {
    var facts = dev_infra_file_system_facts()
    guard path.withPlatformString({ dev_infra_file_system($0, &facts) }) == 0 else { return nil }
    let known = Self.kinds[facts.type]
    #if os(Linux)
      kind = known?.0 ?? "0x" + String(facts.type, radix: 16)
      place = known?.1 ?? .local
    #else
      kind = withUnsafeBytes(of: facts.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      place = facts.is_local != 0 ? .local : .remote
    #endif
    free = facts.free_bytes
    size = facts.bytes
    files = facts.files == 0 ? nil : facts.files
    freeFiles = facts.files == 0 ? nil : facts.free_files
    isReadOnly = facts.is_read_only != 0
  }

  /// By the numbers of statfs(2) and linux/magic.h.
  private static let kinds: [UInt64: (String, Place)] = [
    0xEF53: ("ext4", .local), 0x9123_683E: ("btrfs", .local), 0x5846_5342: ("xfs", .local),
    0x0102_1994: ("tmpfs", .local), 0x794C_7630: ("overlay", .local), 0x2FC1_2FC1: ("zfs", .local),
    0xF2F5_2010: ("f2fs", .local), 0x4D44: ("vfat", .local), 0x2011_BAB0: ("exfat", .local),
    0x7366_746E: ("ntfs", .local), 0xCA45_1A4E: ("bcachefs", .local), 0x7371_7368: ("squashfs", .local),
    0x6969: ("nfs", .remote), 0x517B: ("smb", .remote), 0xFE53_4D42: ("smb2", .remote),
    0xFF53_4D42: ("cifs", .remote), 0x0102_1997: ("9p", .remote), 0x00C3_6400: ("ceph", .remote),
    0x5346_414F: ("afs", .remote), 0x6B41_4653: ("afs", .remote), 0x7375_7245: ("coda", .remote),
    0x0BD0_0BD0: ("lustre", .remote), 0x0116_1970: ("gfs2", .remote), 0x7461_636F: ("ocfs2", .remote),
    0x564C: ("ncp", .remote), 0x786F_4256: ("vboxsf", .remote), 0x6573_5546: ("fuse", .program),
  ]
}
