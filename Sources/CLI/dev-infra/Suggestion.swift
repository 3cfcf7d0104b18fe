import Terminal
import ByteStrings

/// What was meant by a command that does not exist, found as git finds it.
struct Suggestion {
  private let installation: Installation

  init(_ installation: Installation) { self.installation = installation }

  /// The answer to an unknown command, with the nearest ones where any is near.
  func failure(for name: String) -> Failure {
    var message =
      "dev-infra: '\(Quoting.visible(name))' is not a dev-infra command. See 'dev-infra help -a'."
    let names = nearest(to: name)
    if !names.isEmpty {
      message += "\n\nThe most similar command\(names.count == 1 ? " is" : "s are")\n"
      message += names.map { "\t\(Quoting.visible($0))" }.joined(separator: "\n")
    }
    return Failure(status: ExitStatus.no, message: message, hints: [])
  }

  /// The commands that begin with `name` where those are common ones, and those at the least distance.
  private func nearest(to name: String) -> [String] {
    let catalogue = Catalogue(installation)
    let common = Set(catalogue.entries.filter { $0.group != nil }.map(\.command))
    let commands = catalogue.entries.filter { $0.category != "guide" && $0.category != "helper" }
    var candidates = Set(commands.map(\.command))
    candidates.formUnion(CommandSearch.names(in: [installation.executables] + CommandSearch.path))
    candidates.formUnion(Aliases.names())

    var beginning: [String] = []
    var ranked: [(distance: Int, name: String)] = []
    for candidate in candidates {
      if !name.isEmpty, common.contains(candidate), candidate.hasPrefix(name) {
        beginning.append(candidate)
      } else {
        ranked.append((EditDistance.between(name, and: candidate) + 1, candidate))
      }
    }
    // git's floor: what is further away is no typing mistake.
    guard let best = ranked.map(\.distance).min(), best < 7 else { return beginning.sorted() }
    return beginning.sorted() + ranked.filter { $0.distance == best }.map(\.name).sorted()
  }
}
