public import Terminal
import ByteStrings
public import RegistryIndex

/// What a person is told where a list that options narrow has nothing in it.
public enum EmptyList {
  /// A documented "no" that says why `selection` has no rows of `view`.
  public static func failure(_ selection: Selection, of view: View) -> Failure {
    if let wanted = selection.machines.first(where: { !view.hasMachine($0) }) {
      let known = view.machineNames.keys.map { Quoting.visible(view.name(of: $0)) }.sorted()
      return .no(
        "there is no machine '\(Quoting.visible(wanted))' in the registry"
          + (known.isEmpty ? "" : "; there are: \(known.joined(separator: ", "))"))
    }
    let names = selection.patterns.map { "'\(Quoting.visible($0))'" }.joined(separator: " or ")
    let what = names.isEmpty ? "is what the options ask for" : "matches \(names)"
    guard !selection.all, selection.machines.isEmpty else { return .no("no project \(what)") }
    var everywhere = selection
    everywhere.all = true
    // Elsewhere no working tree has a state that could be read.
    let others = (try? everywhere.rows(of: view).count) ?? 0
    let sentence = "no project on this machine \(what)"
    if others == 0 {
      return .no(sentence, hints: "'dev-infra list --all' lists all there are, on every machine")
    }
    return .no(
      sentence,
      hints: "\(others) that \(others == 1 ? "is" : "are") on other machines: --all lists them as well")
  }
}

extension View {
  fileprivate func hasMachine(_ wanted: String) -> Bool {
    machineNames.contains { $0.key == wanted || $0.value.hasSameBytes(as: wanted) }
  }
}
