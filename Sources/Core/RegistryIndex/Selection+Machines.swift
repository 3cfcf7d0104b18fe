public import Registry

extension Selection {
  /// The rows of a view that another machine has, by name; what it says of its checkouts decides a condition about them.
  ///
  /// - Parameter state: nil where it has said nothing.
  public func rows(
    of view: View, onAnother machine: MachineID, saying state: MachineState?
  ) throws -> [ViewRow] {
    var fields = self
    fields.all = true
    fields.condition = nil
    let rows = try fields.rows(of: view).filter { $0.list(.machines).contains(machine.hex) }
    guard let condition else { return rows }
    let test = ConditionTest(condition, of: view, now: now, home: home)
    return rows.filter { row in
      let places = ProjectID(row.id).flatMap { state?.projects[$0]?.places } ?? []
      return test.holds(for: row, places.map { CheckoutFacts($0) }) == .yes
    }
  }
}
