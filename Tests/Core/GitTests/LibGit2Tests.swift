import CGit2
import GitOffline
import SystemPackage
import SystemSupport
import Testing

import Git

/// Each thing that is done here since libgit2 does it badly or not at all names the fault and what mends it. Where one of these fails
/// the library has changed: see whether what it is for can go.
@Suite("What stands in for libgit2") struct LibGit2Tests {
  private static var version: (Int32, Int32, Int32) {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    git_libgit2_version(&major, &minor, &revision)
    return (major, minor, revision)
  }

  @Test(
    "LooseObjectReader, LooseObjectWriter: up to 1.9.7 a truncated file keeps it for ever, and each object waits for the disk"
  )
  func looseObjects() { #expect(Self.version <= (1, 9, 7)) }

  @Test("GitOffline: the library asks for certificates when it starts, where it is built over mbedTLS")
  func certificates() throws {
    try LibGit2.start()
    let maps = String(decoding: try Files.read("/proc/self/maps"), as: UTF8.self)
    #expect((git_offline_calls() > 0) == maps.contains("libmbedx509"))
  }
}
