import ArgumentParser
import ByteStrings
import Cloning
import Registry
import Terminal

/// How much of each project is cloned, and whether the projects keep that.
struct CloneAmount: ParsableArguments {
  @Flag(help: "Clone their submodules too, as 'git clone' does.")
  var recurseSubmodules = false
  @Option(help: ArgumentHelp("Make partial clones, as 'git clone' does: 'blob:none'.", valueName: "spec"))
  var filter: String?
  @Option(help: ArgumentHelp("Cut the history off after so many commits.", valueName: "n"))
  var depth: Int?
  @Flag(help: "Use these options this time only: no project keeps them.")
  var once = false
  @Flag(help: "Clone all of each, whatever options it keeps.")
  var full = false

  func validate() throws {
    if let depth, depth < 1 { throw ValidationError("--depth takes a number from 1 on") }
    if let filter, filter.isEmpty {
      throw ValidationError("--filter takes what git-rev-list(1) says, as 'blob:none'")
    }
    if full, !given.isWhole {
      throw ValidationError("--full excludes --filter, --depth and --recurse-submodules")
    }
  }

  /// The options of git-clone(1) that were given.
  private var given: CloneOptions {
    var options = CloneOptions()
    (options.filter, options.depth) = (filter, depth)
    options.recursesIntoSubmodules = recurseSubmodules
    return options
  }

  /// How much of each is cloned, whatever it keeps; nil: what it keeps.
  var options: CloneOptions? { full || !given.isWhole ? given : nil }

  /// What the projects keep from now on, so that another machine clones them alike; nil: what they keep already.
  var kept: CloneOptions? { once || given.isWhole || !given.isKeepable ? nil : given }

  /// Warns where they cannot keep what was given.
  func warn() {
    guard !once, !given.isWhole, !given.isKeepable else { return }
    Messages.warning("\(Quoting.visible(given.text)) is not kept: a project keeps \(CloneOptions.rule)")
  }
}
