import SystemSupport
import ByteStrings
import SystemPackage

/// Templates of the user's own that are in the registry's directory before there is a registry.
///
/// They are copied into the registry that is being made, which then takes the directory's place. Whenever this is cut off,
/// they are whole in one of the two.
struct EarlyTemplates {
  /// The directory with nothing else in it; what people keep elsewhere and link to stays where they keep it.
  let directory: FilePath

  /// - Returns: nil where there is no such directory, or where it holds anything else.
  init?(in directory: FilePath) {
    guard Self.areAll(in: directory) else { return nil }
    self.directory = directory.resolved ?? directory
  }

  private static func areAll(in directory: FilePath) -> Bool {
    guard let names = try? Files.names(in: directory) else { return false }
    return names == [Array("templates".utf8)]
      && Files.kind(of: directory.appending("templates")) == .directory
  }

  /// Copies them, with their modes and times, links as links.
  func copy(into registry: FilePath) throws {
    let templates = directory.appending("templates")
    let result = try ChildProcess("cp", ["-R", "-P", "-p", "--", templates.text, registry.text]).run()
    guard result.termination != .exited(0) else { return }
    let line = result.errors.split(separator: UInt8(ascii: "\n")).first
    throw RegistryStoreError.templatesNotCopied(templates, reason: line.map { ByteText.string(from: $0) })
  }

  /// Moves the directory out of the way of what `place` moves there, and back when that fails.
  func give(place: () throws -> Void) throws {
    // Two commands that make a registry at once must not take each other's for the directory with the templates.
    var lock = FileLock(directory: directory)
    for _ in 0..<250 where lock == nil {
      Clock.pause(0.02)
      lock = FileLock(directory: directory)
    }
    defer { _ = lock?.isHeld }
    guard Self.areAll(in: directory) else { return try place() }
    let old = directory.removingLastComponent().appending(
      "\(directory.lastComponent?.string ?? "").before-\(Host.randomHex(4))")
    try Files.move(directory, to: old)
    do {
      try place()
    } catch {
      try? Files.move(old, to: directory)
      throw error
    }
    try? Files.removeTree(old)
  }
}
