import ByteStrings
import Git
public import Registry
import RegistryIndex
public import RegistryStore

extension Snapshot {
  /// Reads the registry's main, and what machines say of their checkouts.
  ///
  /// - Parameter now: the time that a year is counted back from.
  public static func read(_ store: borrowing RegistryStore, now: Timestamp) throws -> Snapshot {
    let view = try store.view()
    let known = try store.knownMachines()
    var states: [MachineID: MachineState] = [:]
    for state in store.states(of: known.map(\.id)) { states[state.machine] = state }
    var names: [String: Int] = [:]
    for machine in known { names[machine.name, default: 0] += 1 }
    let machines = known.map { machine in
      Machine(
        id: machine.id,
        name: names[machine.name] == 1 ? machine.name : "\(machine.name)-\(machine.id.hex.prefix(4))",
        system: machine.entry?.system ?? "", firstSeen: machine.entry?.firstSeen,
        lastPush: machine.lastPush, stateTaken: states[machine.id]?.taken, isHere: machine.isHere)
    }
    var places: [String: Int] = [:]
    for (index, machine) in machines.enumerated() { places[machine.id.hex] = index }
    var values = FacetValues()
    values.values[.machine] = machines.map(\.name)
    let conflicts = try MergeConflict.projects(ofLastMergeIn: store)
    var projects = view.rows.map { row in
      project(row, machines, states, places, &values, conflicts, now: now)
    }
    projects.sort { ($0.sortKey, $0.project.id) < ($1.sortKey, $1.project.id) }
    return Snapshot(
      commit: view.commit, machines: machines, projects: projects.map(\.project), values: values.values)
  }

  private static func project(
    _ row: ViewRow, _ machines: [Machine], _ states: [MachineID: MachineState], _ places: [String: Int],
    _ facets: inout FacetValues, _ conflicts: Set<String>, now: Timestamp
  ) -> (sortKey: String, project: Project) {
    let id = row.id
    let key = ProjectID(id)
    var cells: [Int: Cell] = [:]
    for machine in row.list(.machines) {
      guard let place = places[machine] else { continue }
      let state = states[machines[place].id]
      let found = key.flatMap { state?.projects[$0]?.places } ?? []
      let read = found.compactMap { PlaceState($0) }
      cells[place] = Cell(
        kind: read.map(\.kind).min() ?? .unknown, isUnsaved: read.contains(where: \.isUnsaved),
        lastCommit: read.compactMap(\.lastCommit).max(),
        taken: read.isEmpty ? nil : key.flatMap { state?.time(of: $0) })
    }
    var values = [[Int]](repeating: [], count: Facet.allCases.count)
    let fields: [(Facet, ViewColumn)] = [
      (.status, .status), (.type, .projectType), (.classification, .field(.classification)),
      (.organization, .field(.organization)),
    ]
    for (facet, column) in fields where !row.isEmpty(column) {
      values[facet.index] = [facets.place(of: row[column], in: facet)]
    }
    values[Facet.tag.index] = row.list(.tags).map { facets.place(of: $0, in: .tag) }
    values[Facet.machine.index] = cells.keys.sorted()
    let (name, description, url) = (row.name, row[.field(.description)], row[.remoteURL])
    var findings: Finding.Set = []
    if cells.values.contains(where: \.isUnsaved) { findings.insert(.init(.unsaved)) }
    if cells.count == 1 { findings.insert(.init(.alone)) }
    if url.isEmpty { findings.insert(.init(.noRemote)) }
    if cells.values.contains(where: { $0.kind == .gone }) { findings.insert(.init(.gone)) }
    if let last = cells.values.compactMap(\.lastCommit).max(),
      now.milliseconds - last.milliseconds > 365 * 86_400_000
    {
      findings.insert(.init(.idle))
    }
    if conflicts.contains(id) { findings.insert(.init(.conflicts)) }
    let small = name.lowercased()
    // A viewer who may not see paths could guess them by what is found.
    let place =
      row[.key].isEmpty || row[.key].begins(with: "/") || row[.key].holds(text: "::") ? "" : url.lowercased()
    return (
      small,
      Project(
        id: id, name: name, description: description, status: row[.status], remoteURL: url,
        updated: Timestamp(row[.updated]) ?? Timestamp(milliseconds: 0), values: values, cells: cells,
        findings: findings, searched: Array("\(small)\n\(description.lowercased())\n\(place)".utf8)
      )
    )
  }

  /// The values of facets, each with a number.
  private struct FacetValues {
    var values: [Facet: [String]] = [:]
    private var places: [Facet: ByteKeyed<Int>] = [:]

    mutating func place(of value: String, in facet: Facet) -> Int {
      if let place = places[facet]?[value] { return place }
      let place = values[facet]?.count ?? 0
      values[facet, default: []].append(value)
      places[facet, default: [:]][value] = place
      return place
    }
  }
}
