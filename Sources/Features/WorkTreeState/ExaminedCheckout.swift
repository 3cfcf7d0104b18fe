public import Registry
public import RegistryIndex
import SystemPackage
import SystemSupport

/// A checkout of a project, and how it is.
public struct ExaminedCheckout: Sendable {
  /// The project.
  public let row: ViewRow
  /// How the checkout is.
  public let state: CheckoutState
  /// When another machine looked; nil for now.
  public let taken: Timestamp?

  /// A checkout of its parts.
  public init(row: ViewRow, state: CheckoutState, taken: Timestamp? = nil) {
    (self.row, self.state, self.taken) = (row, state, taken)
  }

  /// Examines the checkouts that some projects have on this machine.
  ///
  /// - Parameter progress: called on this thread, now and then, with how many are done.
  public static func examine(_ rows: [ViewRow], progress: (Int) -> Void = { _ in }) -> [ExaminedCheckout] {
    let places = rows.flatMap { row in row.paths.map { (row, FilePath(text: $0)) } }
    let parts = Set(places.filter { !$0.0.isEmpty(.subdirectory) }.map(\.1))
    let states = CheckoutState.examine(
      places.map(\.1),
      {
        var options = CheckoutState.Options()
        options.allowsParts = parts.contains($0)
        return options
      }, progress: progress)
    return zip(places, states).map { ExaminedCheckout(row: $0.0, state: $1) }
  }

  /// The checkouts that another machine told of some projects.
  public static func told(by state: MachineState, of rows: [ViewRow]) -> [ExaminedCheckout] {
    rows.flatMap { row -> [ExaminedCheckout] in
      guard let id = ProjectID(row.id) else { return [] }
      return (state.projects[id]?.places ?? []).compactMap { CheckoutState(json: $0) }.map {
        ExaminedCheckout(row: row, state: $0, taken: state.time(of: id))
      }
    }
  }
}
