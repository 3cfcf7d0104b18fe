import Terminal
import SystemSupport
import RegistryStore
import RegistryIndex
import SystemPackage

/// The registry that a server is for.
enum ServedRegistry {
  /// The one that `--registry` names, else the user's.
  static func directory(_ given: String?) throws -> FilePath {
    if let given { return FilePath(text: given).absolute(against: try Environment.currentDirectory()) }
    guard let directory = Environment.registryDirectory else {
      throw Failure.fatal("no registry: neither --registry nor DEV_INFRA_DIR nor HOME is set")
    }
    return directory
  }

  /// Makes it where nothing is.
  static func makeIfMissing(_ directory: FilePath) throws {
    let file = ViewFile(registry: directory)
    if try !file.exists(), Files.kind(of: directory) == nil {
      try RegistryStore.create(at: directory, name: nil)
    }
  }
}
