import Glibc
import Platform
import SystemPackage
import Testing

@Suite struct FilesTests {
  /// A new directory below the system's temporary one; its name is not UTF-8.
  func scratch() throws -> FilePath {
    var template = Array("/tmp/dev-infra-\u{E9}-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let path = FilePath(bytes: FilePath(platformString: made).bytes + [0x2F, 0xE9])
    try Files.makeDirectory(path)
    return path
  }

  @Test func replacesAFileWholeAndKeepsItsMode() throws {
    let file = try scratch().appending("a")
    try Files.replace(file, with: [1, 2])
    _ = file.withPlatformString { chmod($0, 0o640) }
    try Files.replace(file, with: [3])
    #expect(try Files.read(file) == [3])
    var status = stat()
    _ = file.withPlatformString { stat($0, &status) }
    #expect(status.st_mode & 0o777 == 0o640)
  }

  @Test func refusesWhatIsTooLargeOrNoFile() throws {
    let folder = try scratch()
    try Files.replace(folder.appending("a"), with: [1, 2, 3])
    #expect(throws: SystemError.self) { try Files.read(folder.appending("a"), limit: 2) }
    #expect(throws: SystemError.self) { try Files.read(folder) }
  }

  @Test func aLockIsHeldByOne() throws {
    let path = try scratch().appending("lock")
    let first = try FileLock(path)
    #expect(throws: SystemError.self) { _ = try FileLock(path, timeout: 0.05) }
    _ = consume first
    _ = try FileLock(path, timeout: 0.05)
  }

  @Test func pathsKeepTheirBytes() {
    let path = FilePath(bytes: [0x2F, 0xE9, 0x0A])
    #expect(path.bytes == [0x2F, 0xE9, 0x0A])
    #expect(FilePath(text: path.text) == path)
    #expect(path.visible == #"/\351\n"#)
  }
}
