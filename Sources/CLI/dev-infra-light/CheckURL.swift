import ArgumentParser
import CommandLineTool
import Terminal
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// dev-infra-check-url(1).
struct CheckURL: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-check-url", abstract: "Check and normalize the URLs of remotes",
    usage: "dev-infra-check-url [--normalize] [--helper <name>]... <url>...")

  @Flag(help: "Print the form that compares, such as github.com/owner/name.")
  var normalize = false

  @Option(
    help: ArgumentHelp("A remote helper that is taken as well; may be repeated.", valueName: "name"))
  var helper: [String] = []

  @Argument(help: "The URL of a remote; a relative path counts from the current directory.")
  var url: [String]

  func validate() throws {
    if let name = helper.first(where: { !RemoteURL.isHelperName($0) }) {
      throw ValidationError("'\(Quoting.visible(name))' is not the name of a remote helper that may be taken")
    }
  }

  func execute() throws -> Int32 {
    let directory = try Environment.currentDirectory()
    // The helpers that git may use are accepted; one that runs commands is refused all the same.
    let allowed = (Environment["GIT_ALLOW_PROTOCOL"] ?? "").split(at: ":").map(String.init)
    let helpers = Set(allowed + helper + ["work-prod"])
    var output = Output()
    for text in url {
      let remote: RemoteURL
      do {
        remote = try RemoteURL(text, relativeTo: directory, helpers: helpers)
      } catch {
        // Everything before it is good and is said.
        try output.flush()
        throw Failure.fatal(
          "the URL is refused: \(error.sentence)",
          hints:
            "paths, file, git, http, https, ssh and work-prod::https are taken, and what 'dev-infra remote add --helper NAME' or GIT_ALLOW_PROTOCOL names"
        )
      }
      if remote.isChanged {
        let what = remote.droppedSecret ? "what may be secret in the URL" : "the user name in the URL"
        Messages.warning("\(what) was left out of it: \(Quoting.visible(remote.stored))")
      }
      try output.record(normalize ? remote.normalized : remote.stored)
    }
    try output.flush()
    return ExitStatus.success
  }
}
