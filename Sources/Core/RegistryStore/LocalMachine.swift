import Terminal
import Git
import SystemSupport
import ByteStrings
public import Registry
import SystemPackage

/// This machine, as its registry's configuration has it.
public struct LocalMachine: Sendable {
  /// Its id, made when the registry was made.
  public let id: MachineID
  /// Its name, which people see.
  public let name: String

  /// The id that stands for a machine without a registry.
  public static let none = MachineID("0000000000000000")!

  /// Reads `dev-infra.machine` and `dev-infra.name`.
  ///
  /// A registry that was copied to another computer, or restored there, would be one machine twice. The
  /// configuration keeps a hash of the system's own id, and where that differs the copy becomes a new machine.
  static func read(_ repository: borrowing Repository, _ directory: FilePath) throws -> LocalMachine {
    let configuration = try repository.configuration()
    let name = Self.shown(try configuration.string("dev-infra.name") ?? Host.name)
    let system = systemID
    if let text = try configuration.localString("dev-infra.machine"), let id = MachineID(text) {
      let known = try configuration.localString("dev-infra.systemId")
      guard let known, let system, known != system else { return LocalMachine(id: id, name: name) }
      Messages.warning(
        "the registry \(directory.visible) was made on another computer and counts as a new machine from now on"
      )
      return try StaleLocks.pass(in: directory) { try make(in: repository, name: Host.name) }
    }
    return try StaleLocks.pass(in: directory) { try make(in: repository, name: name) }
  }

  /// A name as an entry may have it.
  private static func shown(_ name: String) -> String {
    let name = TextRule.line.cleaned(name)
    return String(String.UnicodeScalarView(name.unicodeScalars.prefix(200)))
  }

  /// Gives the registry a new machine.
  ///
  /// - Parameter others: settings that are made with it.
  static func make(
    in repository: borrowing Repository, name: String, with others: [ConfigurationChange] = []
  ) throws -> LocalMachine {
    guard let id = MachineID(Host.randomHex(8)) else { throw Failure.fatal("making a machine's id failed") }
    let own: [ConfigurationChange] = [
      .set("dev-infra.name", to: name), .set("dev-infra.machine", to: id.hex),
    ]
    let system = systemID.map { [ConfigurationChange.set("dev-infra.systemId", to: $0)] } ?? []
    try repository.configuration().change(others + system + own)
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
