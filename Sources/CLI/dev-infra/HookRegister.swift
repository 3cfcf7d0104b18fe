import Terminal
import Glibc
import HookRun
import SystemSupport
import ByteStrings

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
    switch HookRun(registry: registry).run(place) {
    case .known: trace("\(place.path.text) is known and has not changed")
    case .registered: trace("\(place.path.text) is registered")
    case .passedOver(let reason): trace("\(place.path.text) is passed over: \(reason)")
    }
    return ExitStatus.success
  }

  private static func trace(_ text: @autoclosure () -> String) { Trace.report(.note(text())) }
}
