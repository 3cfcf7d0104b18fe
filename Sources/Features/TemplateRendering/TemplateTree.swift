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
      throw FillingError.notADirectory(source)
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
      throw FillingError.tooDeep(directory, limit: TemplateLimits.depth)
    }
    try Files.makeNewDirectory(target)
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
        throw FillingError.nameTaken(path, name)
      }
      let place = target.pushing(FilePath(text: name))
      let relative = below.pushing(FilePath(text: name))
      switch kind {
      case .directory: try copy(path, to: place, below: relative, depth: depth + 1, &made, &budget)
      case .file: try copyFile(path, to: place, &budget)
      case .link: try copyLink(path, to: place, depth: depth, &budget)
      default: throw FillingError.specialFile(path)
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
      ? String(decoding: try text.fill(bytes, in: .name(of: path), &budget), as: UTF8.self)
      : raw
    return try TreeNames.checked(filled, isFile: isFile, in: path)
  }

  private func copyFile(_ path: FilePath, to place: FilePath, _ budget: inout TemplateBudget) throws {
    // Opens nothing but a regular file, so that nothing put in its place meanwhile can keep this waiting.
    guard let source = OpenFile(path, options: [.noFollow, .nonBlocking]), let status = source.status else {
      throw SystemError("reading", path.visible)
    }
    guard status.kind == .file else {
      throw FillingError.specialFile(path)
    }
    try budget.take(bytes: Int(status.size), for: path)
    guard let copy = OpenFile(place, .writeOnly, options: [.create, .exclusiveCreate, .noFollow]) else {
      throw SystemError("writing", place.visible)
    }
    if status.size <= TemplateLimits.text {
      var bytes = try Files.read(
        source.descriptor, name: path.visible, limit: TemplateLimits.text, expecting: Int(status.size))
      if FilledText.mayHaveTags(bytes) {
        bytes = try text.fill(
          bytes, in: .contents(of: path), takesComments: TreeNames.isTemplate(path), &budget)
      }
      try Files.write(bytes, to: copy.descriptor, name: place.visible)
    } else {
      try stream(source.descriptor, path, to: copy.descriptor, place, size: Int(status.size))
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
      let wanted = min(buffer.count, left)
      let count = try buffer.withUnsafeMutableBytes {
        try Files.readPiece(
          source, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]), name: path.visible)
      }
      if count == 0 { return }
      try Files.write(Array(buffer[..<count]), to: descriptor, name: place.visible)
      left -= count
    }
  }

  private func copyLink(
    _ path: FilePath, to place: FilePath, depth: Int, _ budget: inout TemplateBudget
  ) throws {
    let bytes = try Files.target(ofLink: path)
    let raw = ByteText.string(from: bytes)
    let target =
      FilledText.mayHaveTags(bytes)
      ? String(decoding: try text.fill(bytes, in: .contents(of: path), &budget), as: UTF8.self) : raw
    try TreeNames.checkLink(target, depth: depth, in: path)
    try Files.makeLink(place, to: FilePath(text: target))
  }

  /// Keeps permissions, but for set-user-ID and its like; the owner can always write to what is the owner's project.
  private func keepMode(of path: FilePath, on place: FilePath, adding: CInterop.Mode) throws(SystemError) {
    guard let status = Stat(at: path) else { throw SystemError("reading", path.visible) }
    try Files.setMode(of: place, to: status.modeBits & 0o777 | adding)
  }
}
