import SystemSupport
import SystemPackage
import TestSupport
import Testing

import APIKeys

extension KeyRing {
  fileprivate func access(_ key: String) -> KeyAccess? {
    if case .opens(let entry) = lookUp(key.utf8) { entry.access } else { nil }
  }
}

@Suite struct KeyTests {
  /// FIPS 180-4's own example.
  @Test func digestIsSHA256() {
    let digest = KeyDigest(of: "abc".utf8)
    #expect(digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(KeyDigest(hex: digest.hex)?.matches(digest) == true)
    #expect(KeyDigest(of: "abd".utf8).matches(digest) == false)
    #expect(KeyDigest(hex: digest.hex.uppercased()) == nil)
    #expect(KeyDigest(hex: digest.hex.dropLast()) == nil)
  }

  @Test func keyOpensUntilItIsRevoked() throws {
    let directory = try scratchDirectory()
    let ring = try KeyRing(registry: directory)
    #expect(!ring.isLocked)
    let file = KeyFile(registry: directory)
    let reading = try file.add("laptop", .readOnly)
    let writing = try file.add("ci.main-2", .readWrite)
    #expect(reading.count == 3 + 64)
    #expect(reading != writing)
    #expect(ring.isLocked)
    #expect(ring.access(reading) == .readOnly)
    #expect(ring.access(writing) == .readWrite)
    for wrong in ["", "di_", reading + "0", String(reading.dropLast()), reading.uppercased()] {
      #expect(ring.access(wrong) == nil)
    }
    try file.revoke("laptop")
    #expect(ring.access(reading) == nil)
    #expect(ring.access(writing) == .readWrite)
    try file.revoke("ci.main-2")
    #expect(ring.isEmpty)
    // Without its last key, a running server is shut and not open.
    #expect(ring.isLocked)
  }

  @Test func fileKeepsNoKeyAndIsItsOwnersAlone() throws {
    let directory = try scratchDirectory()
    let file = KeyFile(registry: directory)
    let key = try file.add("a", .readWrite)
    let text = String(decoding: try Files.read(file.path), as: UTF8.self)
    #expect(!text.contains(key.dropFirst(3)))
    #expect(Stat(at: file.path)?.modeBits == 0o600)
    #expect(try file.read().map(\.name) == ["a"])
  }

  @Test func namesAreChecked() throws {
    let directory = try scratchDirectory()
    let file = KeyFile(registry: directory)
    for bad in ["", "-a", ".a", "a b", "a\tb", "a\nb", "ä", String(repeating: "a", count: 65)] {
      #expect(throws: APIKeyError.self) { try file.add(bad, .readOnly) }
    }
    _ = try file.add("a", .readOnly)
    #expect(throws: APIKeyError.self) { try file.add("a", .readWrite) }
    #expect(throws: APIKeyError.self) { try file.revoke("b") }
    #expect(try file.read().map(\.access) == [.readOnly])
  }

  @Test(arguments: ["", "x\n", "# dev-infra daemon keys 1", "# dev-infra daemon keys 1\na\tread-only\n"])
  func damagedFileOpensNothing(text: String) throws {
    let directory = try scratchDirectory()
    let file = KeyFile(registry: directory)
    let key = try file.add("a", .readWrite)
    let ring = try KeyRing(registry: directory)
    #expect(ring.access(key) == .readWrite)
    try Files.replace(file.path, with: Array(text.utf8))
    #expect(throws: APIKeyError.self) { try KeyRing(registry: directory) }
    guard case .unreadable = ring.lookUp(key.utf8) else {
      Issue.record("a damaged file opened the door")
      return
    }
    #expect(ring.isLocked)
  }

  @Test func fileThatOthersMayWriteToIsRefused() throws {
    let directory = try scratchDirectory()
    let file = KeyFile(registry: directory)
    _ = try file.add("a", .readWrite)
    try Files.setMode(of: file.path, to: 0o620)
    #expect(throws: APIKeyError.self) { try file.read() }
  }
}
