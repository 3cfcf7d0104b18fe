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
    let places = ProjectPlaces(of: rows)
    let states = CheckoutState.examine(places.paths, { places.options(for: $0) }, progress: progress)
    return zip(places.all, states).map { ExaminedCheckout(row: $0.row, state: $1) }
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
