#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// A file that is written beside the one that it is to replace, and takes its place as a whole or not at all.
///
/// One that is not finished is removed with the last reference to this; where its process is killed before,
/// ``Files/removeUnfinished(in:olderThan:)`` finds it.
public final class UnfinishedFile {
  /// What the name of one begins with, followed by six letters and digits; long enough to be nobody else's.
  static let start = ".dev-infra-tmp-"

  private let path: FilePath
  private let target: FilePath
  private let folder: FilePath
  private let temporary: FilePath
  private let descriptor: Int32
  private var isFinished = false

  /// Begins a file that is to replace the one at `path`.
  ///
  /// - Parameters:
  ///   - mode: the new file's mode; without one it keeps the mode of the file it replaces.
  ///   - followingLinks: whether the file that a symbolic link names is replaced, or the link itself.
  /// - Throws: ``SystemError``, also where a link leads to a device or anything else that is not a file.
  public init(
    replacing path: FilePath, mode: CInterop.Mode? = nil, followingLinks: Bool = true
  ) throws(SystemError) {
    self.path = path
    target = followingLinks ? path.resolved ?? path : path
    if target != path, let kind = Files.kind(of: target), kind != .file {
      throw SystemError("writing", path.visible, code: .invalidArgument)
    }
    let folder = target.removingLastComponent()
    self.folder = folder.isEmpty ? FilePath(".") : folder
    var template = self.folder.appending(Self.start + "XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
    descriptor = mkstemp(&template)
    temporary = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
    }
    guard descriptor >= 0 else {
      isFinished = true
      throw SystemError("writing", path.visible)
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var status = stat()
    let exists = target.withPlatformString { stat($0, &status) } == 0
    let mask = exists ? 0 : Files.currentMask()
    guard fchmod(descriptor, mode ?? (exists ? status.st_mode & 0o7777 : 0o666 & ~mask)) == 0 else {
      throw SystemError("writing", path.visible)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isFinished { Files.remove(temporary) }
  }

  /// Removes those beside it whose processes were killed.
  func clearLeftovers() { Files.removeUnfinished(in: folder) }

  /// Writes behind what was written before.
  public func append(_ bytes: [UInt8]) throws(SystemError) {
    try Files.write(bytes, to: descriptor, name: path.visible)
  }

  /// Writes at a place of the file.
  public func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    let isWritten = bytes.withUnsafeBytes { Files.write($0, to: descriptor, at: offset) }
    guard isWritten else { throw SystemError("writing", path.visible) }
  }

  /// What was written so far.
  public func mapped() throws(SystemError) -> FileBytes {
    try FileBytes(mapping: descriptor, count: Int(lseek(descriptor, 0, SEEK_END)), name: path.visible)
  }

  /// Puts it in its place.
  ///
  /// - Parameter durable: whether to return only when the new file would survive a power cut.
  public func finish(durable: Bool) throws(SystemError) {
    if durable, let code = FileSync.synchronize(descriptor) {
      throw SystemError("writing", path.visible, code: code)
    }
    guard Files.rename(temporary, to: target) else { throw SystemError("replacing", path.visible) }
    isFinished = true
    Trace.report(.replaced(path))
    if durable { try Files.synchronize(folder) }
  }
}
