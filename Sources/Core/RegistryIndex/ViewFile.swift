import Registry
public import SystemSupport
public import SystemPackage

/// The view's file in a registry, and what tells whether it is fresh; without libgit2.
public struct ViewFile: Sendable {
  /// The registry's directory.
  public let registry: FilePath

  /// The view of the registry in this directory.
  public init(registry: FilePath) { self.registry = registry }

  /// The file; a view says its version itself.
  public var file: CacheFile { CacheFile("projects.tsv", of: registry, limit: 1 << 30) }

  /// The commit that main is at, read as git lays refs out in files: loose, else packed.
  ///
  /// - Returns: nil when there is no main.
  public func main() throws(SystemError) -> String? {
    do {
      return Self.hash(try Files.read(registry.pushing("refs/heads/main"), limit: 4096))
    } catch {
      guard error.isMissing else { throw error }
    }
    do {
      let packed = try Files.read(registry.appending("packed-refs"), limit: 1 << 26)
      for line in packed.split(separator: UInt8(ascii: "\n")) where line.count > 41 {
        if line.dropFirst(41).elementsEqual("refs/heads/main".utf8) { return Self.hash(line.prefix(40)) }
      }
    } catch {
      guard error.isMissing else { throw error }
    }
    return nil
  }

  private static func hash(_ bytes: some Collection<UInt8>) -> String? {
    let digits = bytes.prefix(40)
    guard digits.count == 40, digits.allSatisfy(MachineID.isDigit) else { return nil }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The view as it is there, fresh or not; nil when there is none that can be read.
  public func stored() -> View? { checked().flatMap { View($0.bytes, $0.header) } }

  /// The file as it is there, with its header, found to be whole; nil for any other.
  func checked() -> (bytes: FileBytes, header: ViewHeader)? {
    let seal = ViewSeal(of: self)
    guard let bytes = file.mapped(), let header = ViewHeader(unchecked: bytes) else { return nil }
    if bytes.count <= ViewSeal.small { return header.isWhole(bytes) ? (bytes, header) : nil }
    if !seal.holds(header.checksum) {
      guard header.isWhole(bytes) else { return nil }
      seal.put(on: header.checksum)
    }
    return (bytes, header)
  }

  /// This machine's id, as the registry's configuration says on a line of its own; nil where it has none. A view of
  /// another machine, in a registry that was copied, has other paths in it.
  public func machine() -> String? {
    guard let bytes = try? Files.read(registry.appending("config"), limit: 1 << 20) else { return nil }
    var machine: String?
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard words.count == 3, words[0].elementsEqual("machine".utf8), words[1].elementsEqual("=".utf8) else {
        continue
      }
      machine = String(decoding: words[2], as: UTF8.self)
    }
    return machine.flatMap { $0.utf8.count == 16 && $0.allSatisfy(\.isHexDigit) ? $0 : nil }
  }

  /// Whether a view of this commit, on this machine, is that of the registry where main is at `main`.
  func isFresh(_ commit: String, _ machine: String, at main: String) -> Bool {
    commit == main && machine == self.machine() ?? machine
  }

  /// The view of the registry's main as it is now.
  ///
  /// - Parameter update: brings the view of the registry in a directory up to date, which takes libgit2. Where the file cannot
  ///   be written, or it is told to (its second parameter), it hands over the view's bytes, else none; nil where it failed.
  public func fresh(updating update: (FilePath, Bool) throws -> [UInt8]?) throws -> View {
    var main = try requireRegistry()
    func isFresh(_ view: View) -> Bool { self.isFresh(view.commit, view.machine, at: main) }
    if let view = stored(), isFresh(view) { return view }
    var bytes = try update(registry, false)
    if bytes?.isEmpty ?? false {
      // Mapped from the file it takes no memory. Main may have moved again, and another process have written the file since.
      if let view = stored() {
        if isFresh(view) { return view }
        main = try requireRegistry()
        if isFresh(view) { return view }
      }
      bytes = try update(registry, true)
    }
    guard let bytes, let view = View(bytes) else {
      throw RegistryIndexError.viewNotUpdated(registry: registry)
    }
    return view
  }

  /// Whether there is a registry: a directory with a main branch.
  public func exists() throws -> Bool { try Files.kind(of: registry) == .directory && main() != nil }

  /// Checks that there is a registry.
  ///
  /// - Returns: the commit that its main is at.
  @discardableResult
  public func requireRegistry() throws -> String {
    switch Files.kind(of: registry) {
    case nil: throw RegistryIndexError.noRegistry(at: registry, .nothing)
    case .directory: break
    default: throw RegistryIndexError.noRegistry(at: registry, .notADirectory)
    }
    guard let main = try main() else { throw RegistryIndexError.noRegistry(at: registry, .noMainBranch) }
    return main
  }

  /// The view of the registry that the environment names.
  public static func ofEnvironment() throws -> ViewFile {
    guard let directory = Environment.registryDirectory else {
      throw RegistryIndexError.registryNotNamed
    }
    return ViewFile(registry: directory)
  }
}
