import Git
import SystemSupport
import ByteStrings
public import Registry
import SystemPackage

/// This machine, by its registry's configuration.
public struct LocalMachine: Sendable {
  /// Its id, made when the registry was made.
  public let id: MachineID
  /// Its name, which people see.
  public let name: String

  /// The id that stands for a machine without a registry.
  public static let none = MachineID("0000000000000000")!

  /// Reads `dev-infra.machine` and `dev-infra.name`.
  ///
  /// A registry that was copied to another computer would be one machine twice. So the configuration keeps a hash of the
  /// system's own id, and what tells the directory from a copy of it:
  ///
  /// - Another system that sees the same directory shares the home: over a network, from a container, or installed
  ///   anew or beside the first. What is registered is there on all of them, so they are one machine.
  /// - The same system with another directory has been given it back from a backup, or moved it.
  /// - Another system with another directory has a copy, and is a machine of its own. It is known again where the two
  ///   take turns, on file systems that number a directory anew at each mount.
  static func read(
    _ repository: borrowing Repository, _ directory: FilePath, telling delegate: any RegistryDelegate
  ) throws -> LocalMachine {
    let configuration = try repository.configuration()
    let name = Self.shown(try configuration.string("dev-infra.name") ?? Host.name)
    guard let text = try configuration.localString("dev-infra.machine"), let id = MachineID(text) else {
      return try StaleLocks.pass(in: directory, telling: delegate) { try make(in: repository, name: name) }
    }
    let place = Files.identity(of: directory)
    let knownPlace = try configuration.localString("dev-infra.directory").flatMap(FileIdentity.init)
    let isSamePlace = place.flatMap { place in knownPlace.map { place.isSame(as: $0) } } ?? false
    let known = try configuration.localString("dev-infra.systemId")
    guard let known, let system = systemID, known != system, !isSamePlace else {
      // Where it cannot be kept, the system tells as much as it did before.
      if let place, !isSamePlace {
        try? StaleLocks.pass(in: directory, telling: delegate) {
          try configuration.change([.set("dev-infra.directory", to: place.text)])
        }
      }
      return LocalMachine(id: id, name: name)
    }
    let former = FormerMachine(system: known, id: id, name: name)
    return try StaleLocks.pass(in: directory, telling: delegate) {
      if let back = try FormerMachine.all(in: configuration).last(where: { $0.system == system }) {
        return try resume(back, after: former, in: repository, place)
      }
      delegate.note(.becameNewMachine(registry: directory, former: id, name: name))
      return try make(in: repository, name: Host.name, with: former.changes(in: configuration))
    }
  }

  /// Goes on as the machine that this system was before another one had the registry.
  private static func resume(
    _ back: FormerMachine, after former: FormerMachine, in repository: borrowing Repository,
    _ place: FileIdentity?
  ) throws -> LocalMachine {
    let configuration = try repository.configuration()
    let own: [ConfigurationChange] = [
      .set("dev-infra.name", to: back.name), .set("dev-infra.machine", to: back.id.hex),
      .set("dev-infra.systemId", to: back.system),
    ]
    let directory = place.map { [ConfigurationChange.set("dev-infra.directory", to: $0.text)] } ?? []
    try configuration.change(former.changes(in: configuration, without: back) + own + directory)
    return LocalMachine(id: back.id, name: back.name)
  }

  /// A name made fit for an entry.
  static func shown(_ name: String) -> String {
    let name = TextRule.line.cleaned(name)
    return String(String.UnicodeScalarView(name.unicodeScalars.prefix(200)))
  }

  /// Gives the registry a new machine.
  ///
  /// - Parameter others: settings that are made with it.
  static func make(
    in repository: borrowing Repository, name: String, with others: [ConfigurationChange] = []
  ) throws -> LocalMachine {
    guard let id = MachineID(Host.randomHex(8)) else { throw RegistryStoreError.noMachineID }
    let own: [ConfigurationChange] = [
      .set("dev-infra.name", to: name), .set("dev-infra.machine", to: id.hex),
    ]
    let system = systemID.map { [ConfigurationChange.set("dev-infra.systemId", to: $0)] } ?? []
    let directory = Files.identity(of: repository.gitDirectory).map {
      [ConfigurationChange.set("dev-infra.directory", to: $0.text)]
    }
    try repository.configuration().change(others + system + (directory ?? []) + own)
    return LocalMachine(id: id, name: name)
  }

  /// A hash of the system's own id, which is not to be handed out itself (machine-id(5)).
  private static var systemID: String? {
    guard let text = Host.installation, let hash = try? ObjectID.hash(blob: Array("dev-infra \(text)\n".utf8))
    else {
      return nil
    }
    return String(hash.hex.prefix(16))
  }
}

/// A machine that a registry's directory was for another system: a value of `dev-infra.formerMachine`, the system's hash,
/// the machine's id and its name.
private struct FormerMachine {
  let system: String
  let id: MachineID
  let name: String

  private static let key = "dev-infra.formerMachine"
  /// Those that are kept, the last ones: a copy that goes from computer to computer needs none of them.
  private static let limit = 16

  private var text: String { "\(system) \(id.hex) \(name)" }

  init(system: String, id: MachineID, name: String) {
    self.system = system
    self.id = id
    self.name = name
  }

  private init?(_ text: String) {
    let parts = text.split(at: " ", maxSplits: 2)
    guard parts.count == 3, let id = MachineID(parts[1]) else { return nil }
    self.init(system: String(parts[0]), id: id, name: LocalMachine.shown(String(parts[2])))
  }

  static func all(in configuration: borrowing Configuration) throws -> [FormerMachine] {
    try configuration.localStrings(key).compactMap(FormerMachine.init)
  }

  /// What keeps this one beside those that are known.
  func changes(
    in configuration: borrowing Configuration, without back: FormerMachine? = nil
  ) throws -> [ConfigurationChange] {
    let others = try Self.all(in: configuration).filter { $0.system != system && $0.system != back?.system }
    let kept = others.suffix(Self.limit - 1) + [self]
    return [.unset(Self.key)] + kept.map { .add(Self.key, $0.text) }
  }
}
