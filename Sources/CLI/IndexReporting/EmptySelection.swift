import ByteStrings
public import RegistryIndex
public import Terminal

extension EmptySelection: ReportedError {
  /// The error in words: a documented "no".
  public var failure: Failure {
    let names = patterns.map { "'\(Quoting.visible($0))'" }.joined(separator: " or ")
    let what = names.isEmpty ? "is what the options ask for" : "matches \(names)"
    return switch reason {
    case .noMachine(let wanted, let known):
      .no(
        "there is no machine '\(Quoting.visible(wanted))' in the registry"
          + (known.isEmpty
            ? "" : "; there are: \(Listed.some(of: known.map { Quoting.visible($0) }.sorted()))"))
    case .nowhere: .no("no project \(what)")
    case .notHere(elsewhere: 0):
      .no(
        "no project on this machine \(what)",
        hints: "'dev-infra list --all' lists all there are, on every machine")
    case .notHere(let count):
      .no(
        "no project on this machine \(what)",
        hints: "\(count) that \(count == 1 ? "is" : "are") on other machines: --all lists them as well")
    }
  }
}
