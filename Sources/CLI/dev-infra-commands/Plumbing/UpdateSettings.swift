import ArgumentParser
import ByteStrings
import CommandLineTool
import Git
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import Terminal

struct UpdateSettings: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-update-settings",
    abstract: "Replace the registry's configuration file, if nobody else has.",
    usage: "dev-infra-update-settings [--quiet] <old>")

  @Flag(name: .shortAndLong, help: "Print nothing where somebody else has replaced it.")
  var quiet = false
  @Argument(help: "The hash of what the file is expected to hold.")
  var old: String

  func validate() throws {
    guard ObjectID(hex: old) != nil else {
      throw ValidationError("'\(Quoting.visible(old))' is not a hash of 40 hexadecimal digits")
    }
  }

  func execute() throws -> Int32 {
    let file = try ViewFile.ofEnvironment()
    // The registry is not opened: with unreadable settings it cannot be, and this command mends them.
    if Files.kind(of: file.registry.appending("HEAD")) == nil { _ = try file.requireRegistry() }
    guard let old = ObjectID(hex: old) else { return ExitStatus.usage }
    let isReplaced = try RegistryStore.replaceSettings(
      of: file.registry, with: Operands.input(), expecting: old, delegate: TerminalDelegate())
    if isReplaced { return ExitStatus.success }
    if !quiet {
      Messages.error(
        "replacing the settings of the registry \(file.registry.visible) failed: another command has changed them, or is changing them"
      )
    }
    return ExitStatus.no
  }
}
