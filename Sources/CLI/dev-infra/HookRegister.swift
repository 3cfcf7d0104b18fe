import Terminal
import HookRun
import SystemSupport
import ByteStrings
import SystemPackage

/// `dev-infra-hook-register`, which git hooks run.
///
/// Whatever happens it ends with 0: a hook's status decides whether a push goes on.
enum HookRegister {
  private static let help = """
    OVERVIEW: Register the repository that a git hook runs in, where it is not known yet

    USAGE: dev-infra-hook-register [<arg> ...]

    ARGUMENTS:
      <arg>                   What git hands to the hook; it makes no difference.

    OPTIONS:
      -h, --help              Show help information.

    """

  static func run(_ arguments: [String]) -> Int32 {
    if let first = arguments.first, first == "-h" || first == "--help" {
      var output = Output()
      let isShown = (try? output.write(help)) != nil && (try? output.flush()) != nil
      return !isShown ? ExitStatus.fatal : first == "-h" ? ExitStatus.usage : ExitStatus.success
    }
    if let switched = Environment["DEV_INFRA_HOOKS"], switched == "0" || switched == "false" {
      trace("DEV_INFRA_HOOKS says that hooks do nothing")
      return ExitStatus.success
    }
    let announced = Environment["GIT_DIR"]
    Environment.forgetRepository()
    guard let directory = try? Environment.currentDirectory(),
      let place = HookPlace(directory: directory, announced: announced)
    else {
      trace("the current directory is not the top of the repository that git means")
      return ExitStatus.success
    }
    guard let registry = Environment.registryDirectory else {
      trace("there is no registry: neither DEV_INFRA_DIR nor HOME is set")
      return ExitStatus.success
    }
    do {
      try Privileges.becomeOwner(of: registry)
    } catch {
      trace("\(registry.text) is another user's, and root does not write there")
      return ExitStatus.success
    }
    switch HookRun(registry: registry, registering: { register($0, in: registry) }).run(place) {
    case .known: trace("\(place.path.text) is known and has not changed")
    case .registered: trace("\(place.path.text) is registered")
    case .passedOver(.isRegistry): trace("\(place.path.text) is passed over: this is the registry itself")
    case .passedOver(.noRegistry(let registry)):
      trace("\(place.path.text) is passed over: there is no registry at \(registry.visible)")
    case .passedOver(.foreignRegistry(let registry)):
      trace("\(place.path.text) is passed over: \(registry.visible) belongs to another user")
    case .passedOver(.notRegistered(let reason)): trace("\(place.path.text) is passed over: \(reason)")
    }
    return ExitStatus.success
  }

  /// Seconds to wait for another command that holds the registry.
  private static let lockTimeout = "0.3"
  /// Seconds that looking for the first commit may take; in a long history it takes long. Without it the project is
  /// registered all the same, and 'register' or 'refresh' adds it.
  private static let historyTimeout = "0.3"
  /// Seconds after which registering is given up.
  private static let timeLimit = 5.0

  /// Registers the repository at `path` by `dev-infra-register`.
  ///
  /// - Returns: why it was not, or nil.
  private static func register(_ path: FilePath, in registry: FilePath) -> String? {
    guard let program = Environment.executablePath?.appending("dev-infra-register") else {
      return "/proc is not mounted, so the installation's executables cannot be found"
    }
    var register = ChildProcess(program.text, ["--quiet", "--no-restore", "--", path.text])
    register.environment = [
      "DEV_INFRA_DIR": registry.text, "DEV_INFRA_LOCK_TIMEOUT": lockTimeout,
      "DEV_INFRA_HISTORY_TIMEOUT": historyTimeout,
    ]
    register.silenceLimit = timeLimit
    do {
      let result = try register.run()
      if result.termination == .exited(0) { return nil }
      let line = result.errors.split(separator: UInt8(ascii: "\n")).first.map { ByteText.string(from: $0) }
      return line ?? "registering ended without a word: \(result.termination)"
    } catch {
      return "\(error)"
    }
  }

  private static func trace(_ text: @autoclosure () -> String) { Trace.report(.note(text())) }
}
