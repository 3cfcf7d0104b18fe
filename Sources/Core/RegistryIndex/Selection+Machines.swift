public import Registry

/// The rows of a view that other machines have, gathered machine by machine in one walk: with 10,000 machines it would take
/// minutes to look through the rows once for each.
public struct RowsElsewhere {
  private var rows: [MachineID: [ViewRow]] = [:]
  /// The condition, by row, with what the row alone decides of it put in.
  private var tests: [String: ConditionTest] = [:]

  /// - Parameters:
  ///   - selection: the projects; neither its machines nor what is here count.
  ///   - machines: the machines that are asked about.
  public init(_ selection: Selection, of view: View, on machines: Set<MachineID>) throws {
    var fields = selection
    fields.all = true
    fields.condition = nil
    let test = selection.condition.map {
      ConditionTest($0, of: view, now: selection.now, home: selection.home)
    }
    for row in try fields.rows(of: view) {
      let there = row.list(.machines).compactMap { MachineID($0) }.filter(machines.contains)
      if there.isEmpty { continue }
      for machine in there { rows[machine, default: []].append(row) }
      if let test { tests[row.id] = test.settled(for: row) }
    }
  }

  /// Those of a machine, by name; what it says of its checkouts decides a condition about them.
  ///
  /// - Parameter state: nil where it has said nothing.
  public func rows(on machine: MachineID, saying state: MachineState?) -> [ViewRow] {
    guard let rows = rows[machine], !tests.isEmpty else { return rows[machine] ?? [] }
    return rows.filter { row in
      let places = ProjectID(row.id).flatMap { state?.projects[$0]?.places } ?? []
      return tests[row.id]?.holds(for: row, places.map { CheckoutFacts($0) }) == .yes
    }
  }
}
