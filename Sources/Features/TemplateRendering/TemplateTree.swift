import Glibc
import SystemSupport
import ByteStrings
public import SystemPackage

/// A template's directory, and what it is filled with.
///
/// Text and names are filled, other files are copied, each with its mode. Nothing that is there is written over, and
/// nothing is written through a symbolic link: every directory that is written to was made here.
public struct TemplateTree {
  private let source: FilePath
  private let values: [String: String]
  private let text: FilledText

  /// - Parameters:
  ///   - source: the template's directory.
  ///   - values: what the tags are filled with.
  public init(_ source: FilePath, values: [String: String]) {
    self.source = source
    self.values = values
    text = FilledText(values: values)
  }

  /// Makes the filled tree at `target`, where nothing is or an empty directory: whole or not at all.
  ///
  /// - Returns: the files and links that it has, relative to it, in the order of their bytes.
  public func fill(_ target: FilePath) throws -> [FilePath] {
    guard Files.kind(of: source) == .directory else {
      throw FillingError("filling the template \(source.visible) failed: it is no directory")
    }
    let making = try AtomicDirectory(at: target)
    do {
      var made: [FilePath] = []
      var budget = TemplateBudget()
      try copy(source, to: making.work, below: FilePath(), depth: 0, &made, &budget)
      try making.commit()
      return made
    } catch {
      making.abandon()
      throw error
    }
  }

  private func copy(
    _ directory: FilePath, to target: FilePath, below: FilePath, depth: Int, _ made: inout [FilePath],
    _ budget: inout TemplateBudget
  ) throws {
    guard depth <= TemplateLimits.depth else {
      throw FillingError("\(directory.visible) is deeper than \(TemplateLimits.depth) directories")
    }
    guard target.withPlatformString({ mkdir($0, 0o777) }) == 0 else {
      throw SystemError("making the directory", target.visible)
    }
    var names: Set<String> = []
    for bytes in try Files.names(in: directory).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      try Interruption.check()
      try budget.takeEntry()
      // A template may well be a repository.
      if GitNames.isDotGit(bytes) { continue }
      let path = directory.pushing(FilePath(bytes: bytes))
      let kind = Files.kind(of: path, followingLinks: false)
      let name = try name(bytes, isFile: kind != .directory, path, &budget)
      guard names.insert(name).inserted else {
        throw FillingError(
          "filling the name of \(path.visible) failed: '\(Quoting.visible(name))' is there already")
      }
      let place = target.pushing(FilePath(text: name))
      let relative = below.pushing(FilePath(text: name))
      switch kind {
      case .directory: try copy(path, to: place, below: relative, depth: depth + 1, &made, &budget)
      case .file: try copyFile(path, to: place, &budget)
      case .link: try copyLink(path, to: place, depth: depth, &budget)
      default: throw FillingError("copying \(path.visible) failed: it is neither file, directory nor link")
      }
      if kind != .directory { made.append(relative) }
    }
    try keepMode(of: directory, on: target, adding: 0o700)
  }

  private func name(
    _ bytes: [UInt8], isFile: Bool, _ path: FilePath, _ budget: inout TemplateBudget
  ) throws -> String {
    let raw = ByteText.string(from: bytes)
    let filled =
      FilledText.mayHaveTags(bytes)
      ? String(decoding: try text.fill(bytes, in: "the name of \(path.visible)", &budget), as: UTF8.self)
      : raw
    return try TreeNames.checked(filled, isFile: isFile, in: path.visible)
  }

  private func copyFile(_ path: FilePath, to place: FilePath, _ budget: inout TemplateBudget) throws {
    // Nothing but a regular file is waited for, whatever takes its place meanwhile.
    let source = path.withPlatformString { open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    guard source >= 0 else { throw SystemError("reading", path.visible) }
    defer { close(source) }
    var status = stat()
    guard fstat(source, &status) == 0 else { throw SystemError("reading", path.visible) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FillingError("copying \(path.visible) failed: it is neither file, directory nor link")
    }
    try budget.take(bytes: Int(status.st_size), for: path.visible)
    let descriptor = place.withPlatformString {
      open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw SystemError("writing", place.visible) }
    do {
      defer { close(descriptor) }
      if status.st_size <= TemplateLimits.text {
        var bytes = try Files.read(
          source, name: path.visible, limit: TemplateLimits.text, expecting: Int(status.st_size))
        if FilledText.mayHaveTags(bytes) {
          bytes = try text.fill(
            bytes, in: path.visible, takesComments: TreeNames.isTemplate(path), &budget)
        }
        try Files.write(bytes, to: descriptor, name: place.visible)
      } else {
        try stream(source, path, to: descriptor, place, size: Int(status.st_size))
      }
    }
    try keepMode(of: path, on: place, adding: 0o600)
  }

  /// Copies a file that is too large to be filled, piece by piece.
  private func stream(
    _ source: Int32, _ path: FilePath, to descriptor: Int32, _ place: FilePath, size: Int
  ) throws {
    var left = size
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while left > 0 {
      try Interruption.check()
      let count = read(source, &buffer, min(buffer.count, left))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("reading", path.visible) }
      if count == 0 { return }
      try Files.write(Array(buffer[..<count]), to: descriptor, name: place.visible)
      left -= count
    }
  }

  private func copyLink(
    _ path: FilePath, to place: FilePath, depth: Int, _ budget: inout TemplateBudget
  ) throws {
    let bytes = try Self.target(of: path)
    let raw = ByteText.string(from: bytes)
    let target =
      FilledText.mayHaveTags(bytes)
      ? String(decoding: try text.fill(bytes, in: path.visible, &budget), as: UTF8.self) : raw
    try TreeNames.checkLink(target, depth: depth, in: path.visible)
    let made = FilePath(text: target).withPlatformString { to in place.withPlatformString { symlink(to, $0) }
    }
    guard made == 0 else { throw SystemError("making the symbolic link", place.visible) }
  }

  private static func target(of link: FilePath) throws(SystemError) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = link.withPlatformString { readlink($0, &buffer, buffer.count) }
    guard count >= 0, count < buffer.count else {
      throw SystemError("reading the symbolic link", link.visible, code: count < 0 ? errno : ENAMETOOLONG)
    }
    return buffer[..<count].map { UInt8(bitPattern: $0) }
  }

  /// Keeps permissions, but for set-user-ID and its like; the owner can always write to what is the owner's project.
  private func keepMode(of path: FilePath, on place: FilePath, adding: mode_t) throws(SystemError) {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      throw SystemError("reading", path.visible)
    }
    let mode = status.st_mode & 0o777 | adding
    guard place.withPlatformString({ chmod($0, mode) }) == 0 else {
      throw SystemError("writing", place.visible)
    }
  }
}
