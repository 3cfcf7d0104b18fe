import RegistryReporting
public import RegistryStore
public import SystemPackage

extension Scratch {
  /// A new directory with a registry in it, of a machine of this name.
  public init(machine: String) throws {
    try self.init()
    try RegistryStore.create(at: registry, name: machine)
  }

  /// Where the registry is.
  public var registry: FilePath { path.appending("registry") }

  /// Opens the registry.
  public func open() throws -> RegistryStore { try RegistryStore.open(registry) }
}
