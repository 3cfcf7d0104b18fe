import SystemSupport
import ByteStrings
public import SystemPackage

extension ProjectMetadata {
  /// The name of the file in a project's directory.
  public static let fileName = ".dev-infra.yml"

  /// Reads the file in `directory`, which came with a repository: a link is followed to a file of the same work tree.
  ///
  /// - Returns: nil where there is no such file.
  /// - Throws: `SystemError` where it cannot be read or is not a regular file, ``MetadataError`` where it cannot be understood or is
  ///   elsewhere.
  public static func read(in directory: FilePath) throws -> ProjectMetadata? {
    // Most directories have none, and of these nothing more is asked.
    if Files.isMissing(directory.appending(fileName), followingLinks: false) { return nil }
    return try read(file: place(in: directory))
  }

  /// The file in `directory`: what links lead to, the file itself or a directory on the way.
  ///
  /// - Throws: ``MetadataError`` where that is not in the same work tree.
  public static func place(in directory: FilePath) throws(MetadataError) -> FilePath {
    let file = directory.appending(fileName)
    let here = Environment.existingCurrentDirectory
    let written = here.map { file.absolute(against: $0).lexicallyNormalized() } ?? file
    guard let target = file.resolved, target != written else { return file }
    guard let root = workTree(around: directory).resolved, target.starts(with: root),
      !target.components.dropFirst(root.components.count).contains(where: { $0.string.lowercased() == ".git" }
      )
    else { throw MetadataError(.leadsOut) }
    return target
  }

  /// The nearest directory upward that has a `.git`, as its path is written; without one the directory itself.
  private static func workTree(around directory: FilePath) -> FilePath {
    var place = directory
    while !place.components.isEmpty {
      if !Files.isMissing(place.appending(".git"), followingLinks: false) { return place }
      place.removeLastComponent()
    }
    return directory
  }

  /// Reads the file at `path`, which a person named: any link is followed. Otherwise as ``read(in:)``.
  public static func read(file path: FilePath) throws -> ProjectMetadata? {
    guard let bytes = try bytes(of: path) else { return nil }
    return try ProjectMetadata(parsing: bytes)
  }

  /// The bytes of the file at `path`, or nil where nothing is there.
  static func bytes(of path: FilePath) throws -> [UInt8]? {
    do {
      return try Files.read(path, limit: Limits.file)
    } catch {
      switch error.code {
      case .fileTooLarge: throw MetadataError(.tooLarge)
      case .invalidArgument:
        throw MetadataError(.notRegular)
      // A link that leads nowhere is not an absence: somebody meant a file to be there.
      case _ where error.isMissing && Files.kind(of: path, followingLinks: false) != .link: return nil
      default: throw error
      }
    }
  }

  /// Sets keys of the file at `path`, one after the other, and replaces the file whole and durably, if anything changed.
  ///
  /// A file that is not there starts empty. Two processes that do this at once both succeed, and the later one wins.
  ///
  /// - Parameter changes: keys with their new text; no text takes the key out. Where the key's values are lists, or the
  ///   file has one there, the text's parts between commas become the items.
  /// - Returns: whether the file changed.
  /// - Throws: also for a value that could not be used, or that would take the place of a mapping.
  @discardableResult
  public static func update(file path: FilePath, setting changes: [(key: String, text: String)]) throws
    -> Bool
  {
    let old = try bytes(of: path) ?? []
    var new = old
    for (key, text) in changes {
      let value = try assignment(of: text, to: key, in: ProjectMetadata(parsing: new))
      new = try edit(new, setting: key, to: value)
      if let finding = try ProjectMetadata(parsing: new).findings.first(where: { $0.key == key }) {
        throw MetadataError(.refusedValue(finding.message), line: finding.line)
      }
    }
    guard new != old else { return false }
    try Files.replace(path, with: new)
    return true
  }

  private static func assignment(
    of text: String, to key: String, in metadata: ProjectMetadata
  ) throws(MetadataError) -> Assignment? {
    if text.isEmpty { return nil }
    let old = metadata.entries.first { $0.key.utf8.elementsEqual(key.utf8) }
    if case .map = old?.value {
      throw MetadataError(.holdsKeys(key), line: old?.line ?? 1)
    }
    if isList(key) { return .list(CommaList.items(of: text)) }
    guard case .list = old?.value, !isKnown(key) else { return .text(text) }
    return .list(CommaList.items(of: text))
  }
}
