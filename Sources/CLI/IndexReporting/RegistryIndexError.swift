import ByteStrings
public import RegistryIndex
import SystemPackage
import SystemSupport
public import Terminal

extension RegistryIndexError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .registryNotNamed: .fatal("no registry: neither DEV_INFRA_DIR nor HOME is set")
    case .noRegistry(let registry, .nothing):
      .fatal(
        "no registry at \(registry.visible)",
        hints: "'dev-infra init' makes one, 'dev-infra init URL' takes over a remote's")
    case .noRegistry(let registry, .notADirectory):
      .fatal(
        "no registry at \(registry.visible): it is not a directory",
        hints: "DEV_INFRA_DIR or --dir names another place")
    case .noRegistry(let registry, .noMainBranch):
      .fatal(
        "no registry at \(registry.visible): the directory is there and has no registry's main branch",
        hints: "'dev-infra init' makes one in an empty directory; DEV_INFRA_DIR or --dir names another place")
    case .viewNotUpdated(let registry):
      .fatal(
        "bringing the view of the registry \(registry.visible) up to date failed",
        hints: "'dev-infra verify' tells whether the registry is whole")
    case .unknownProject(let text, let similar):
      Self.unknown(
        "no project is known by '\(Quoting.visible(text))'", similar,
        "'dev-infra list --all' shows all there are")
    case .noProject(let path, let similar):
      Files.isMissing(FilePath(text: path))
        ? Self.unknown(
          "no project is known by '\(Quoting.visible(path))', and nothing is at that path", similar,
          Self.hint(of: path))
        : Self.unknown(
          "no project is known at the path '\(Quoting.visible(path))'", similar,
          "'dev-infra register' registers the one there, 'dev-infra list --all' shows all there are")
    case .ambiguousProject(let text, let naming, let candidates):
      Self.ambiguous(text, naming, candidates)
    case .stateNotAvailable:
      .fatal("the condition asks for the state of working trees, which is not read here")
    case .unknownField(let name, let known):
      .usage(
        "unknown field in the format: %(\(Quoting.visible(name))); known are: "
          + known.joined(separator: " "))
    case .malformedFormat(let format):
      .usage(
        "malformed format '\(Quoting.visible(format))': behind % stands %, (field) or two hexadecimal digits")
    }
  }

  /// What helps where a text with a slash names nothing: it may be a URL without its beginning.
  private static func hint(of text: String) -> String {
    let parts = text.split(at: "/")
    let isURL = parts.count > 1 && parts[0].dropFirst().contains(".") && !text.begins(with: ".")
    return isURL
      ? "a URL begins with its scheme: https://\(Quoting.visible(text))"
      : "'dev-infra list --all' shows all there are"
  }

  /// Projects that match only a part of what was typed are suggested, never chosen.
  private static func unknown(_ message: String, _ similar: Candidates, _ hint: String) -> Failure {
    let lines = similar.named.map { "\(described($0, as: ""))" }
    let more = similar.rows.count - lines.count
    return Failure(
      status: ExitStatus.no, message: lines.isEmpty ? message : message + "; was one of these meant?",
      hints: lines.isEmpty ? [hint] : lines + (more > 0 ? ["and \(more) more"] : []))
  }

  private static func ambiguous(_ text: String, _ naming: Naming, _ candidates: Candidates) -> Failure {
    let (what, relation) =
      switch naming {
      case .path: ("the path", "is there")
      case .name: ("the name", "has it")
      case .url: ("the URL", "has it")
      case .idPrefix: ("the beginning of an id", "has it")
      case .parts: ("the part of a name", "has it")
      }
    let lines = candidates.named.map { described($0, as: text) }
    let more = candidates.rows.count - lines.count
    return Failure(
      status: ExitStatus.no,
      message:
        "\(what) '\(Quoting.visible(text))' is ambiguous, since more than one project \(relation): name one of these",
      hints: lines + (more > 0 ? ["and \(more) more"] : []))
  }

  /// What can be typed stands first, by itself.
  private static func described(_ candidate: Candidate, as text: String) -> String {
    let row = candidate.row
    let place = row.paths.first ?? "not on this machine"
    let isCalled = row.name.hasSameBytes(as: text) || row.name.hasSameBytes(as: candidate.name)
    return
      "\(Quoting.visible(candidate.name)) (\(Quoting.visible(isCalled ? place : "\(row.name), \(place)")), \(row.id.prefix(12)))"
  }
}
