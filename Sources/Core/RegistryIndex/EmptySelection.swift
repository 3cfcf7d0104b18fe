import ByteStrings

/// A selection that matches no row of a view, with what a person would look at next.
public struct EmptySelection: Error, Equatable, Sendable {
  /// What leaves nothing.
  public enum Reason: Equatable, Sendable {
    /// No machine of the registry has this name; the names of those that there are.
    case noMachine(String, known: [String])
    /// No project of any machine is selected.
    case nowhere
    /// None of this machine is; so many are on others.
    case notHere(elsewhere: Int)
  }

  /// What leaves nothing.
  public let reason: Reason
  /// The words that were to match, where there are any.
  public let patterns: [String]

  /// Why `selection` has no rows of `view`.
  public init(_ selection: Selection, of view: View) {
    patterns = selection.patterns
    if let wanted = selection.machines.first(where: { !view.hasMachine($0) }) {
      reason = .noMachine(wanted, known: view.machineNames.keys.map { view.name(of: $0) })
    } else if selection.all || !selection.machines.isEmpty {
      reason = .nowhere
    } else {
      var everywhere = selection
      everywhere.all = true
      // Elsewhere no working tree has a state that could be read.
      reason = .notHere(elsewhere: (try? everywhere.rows(of: view).count) ?? 0)
    }
  }
}

extension View {
  fileprivate func hasMachine(_ wanted: String) -> Bool {
    machineNames.contains { $0.key == wanted || $0.value.hasSameBytes(as: wanted) }
  }
}
