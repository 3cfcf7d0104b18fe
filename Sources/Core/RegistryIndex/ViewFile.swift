import Terminal
public import SystemSupport
public import SystemPackage

/// The view's file in a registry, and what tells whether it is fresh; without libgit2.
public struct ViewFile: Sendable {
  /// The registry's directory.
  public let registry: FilePath

  /// The view of the registry in this directory.
  public init(registry: FilePath) { self.registry = registry }

  /// Where the view lies.
  public var path: FilePath { registry.appending("cache").appending("projects.tsv") }

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
    let text = String(decoding: bytes.prefix(40), as: UTF8.self)
    return text.utf8.count == 40 && text.allSatisfy(\.isHexDigit) ? text : nil
  }

  /// The view as it lies there, fresh or not; nil when there is none that can be read.
  public func stored() -> View? { (try? Files.read(path)).flatMap(View.init) }

  /// This machine's id, as the registry's configuration has it on a line of its own; nil where it has none. A view of
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

  /// The view of the registry's main as it is now.
  ///
  /// A stale or missing one is brought up to date by `dev-infra-update-view`, which also hands it over, so that
  /// this works where the file cannot be written.
  public func fresh() throws -> View {
    let main = try requireRegistry()
    if let view = stored(), view.commit == main, view.machine == machine() ?? view.machine { return view }
    guard let tool = Environment.executablePath?.appending("dev-infra-update-view") else {
      throw Failure.fatal("finding the installation's executables failed: /proc is not mounted")
    }
    var update = ChildProcess(tool.text, ["--stdout"])
    update.environment = ["DEV_INFRA_DIR": registry.text]
    let relay = ErrorRelay()
    update.onErrors = { relay.pass($0) }
    defer { relay.end() }
    let result = try update.run()
    guard result.termination == .exited(0), let view = View(result.output) else {
      throw Failure.fatal(
        "bringing the view of the registry \(registry.visible) up to date failed",
        hints: "'dev-infra verify' tells whether the registry is whole")
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
    let missing = "no registry at \(registry.visible)"
    switch Files.kind(of: registry) {
    case nil: throw Failure.fatal(missing, hints: "'dev-infra init' makes one")
    case .directory: break
    default:
      throw Failure.fatal(
        "\(missing): it is not a directory", hints: "DEV_INFRA_DIR or --dir names another place")
    }
    guard let main = try main() else {
      throw Failure.fatal(
        "\(missing): the directory is there and has no registry's main branch",
        hints: "'dev-infra init' makes one in an empty directory; DEV_INFRA_DIR or --dir names another place")
    }
    return main
  }

  /// The view of the registry that the environment names.
  public static func ofEnvironment() throws -> ViewFile {
    guard let directory = Environment.registryDirectory else {
      throw Failure.fatal("no registry: neither DEV_INFRA_DIR nor HOME is set")
    }
    return ViewFile(registry: directory)
  }
}
