public import ByteStrings
public import Registry
public import RegistryIndex
public import RegistryStore
public import SystemPackage
public import WorkTreeState

/// The checkouts of one machine.
public struct MachineCheckouts: Sendable {
  /// The machine; nil where only this one is asked about.
  public let machine: KnownMachine?
  /// When it looked; nil for now, and where it has never said anything.
  public let taken: Timestamp?
  /// The checkouts, in the order of their projects.
  public let checkouts: [ExaminedCheckout]

  /// What was examined on this machine.
  ///
  /// - Parameter machine: nil where only this one is asked about.
  public init(here checkouts: [ExaminedCheckout], machine: KnownMachine? = nil) {
    (self.machine, taken, self.checkouts) = (machine, nil, checkouts)
  }

  /// What another machine said of the checkouts of some projects.
  ///
  /// - Parameter state: nil where it has said nothing.
  public init(of rows: [ViewRow], on machine: KnownMachine, saying state: MachineState?) {
    (self.machine, taken) = (machine, state?.taken)
    checkouts = state.map { ExaminedCheckout.told(by: $0, of: rows) } ?? []
  }

  /// Whether it was looked at now, on this machine.
  public var isLive: Bool { machine?.isHere ?? true }
  /// Whether it is a machine that has not said how its checkouts are.
  public var isSilent: Bool { !isLive && taken == nil }
}

// MARK: For programs

extension MachineCheckouts {
  /// An object for each checkout, as dev-infra-state(1) lists its keys.
  public var records: [JSON] {
    checkouts.map { checkout in
      var members = checkout.state.json.object ?? [:]
      members[.id] = .string(checkout.row.id)
      members[.name] = .string(checkout.row.name)
      if let machine {
        members["machine"] = .string(machine.id.hex)
        members["machine_name"] = .string(machine.name)
        members["taken"] = checkout.taken.map { .string($0.description) } ?? .null
      }
      return .object(members)
    }
  }

  /// What a line of a checkout has behind the project's name, as dev-infra-state(1) lists it.
  private static let atoms: [StateAtom] = [
    .path, .branch, .staged, .changed, .untracked, .conflicted, .stashes, .ahead, .behind, .unpushed,
    .operation,
  ]

  /// A line for each checkout, without its end.
  public func lines(_ format: RecordFormat) -> [[UInt8]] {
    let tab = [UInt8(ascii: "\t")]
    return checkouts.map { checkout in
      var text = format.field(checkout.row.name)
      for atom in Self.atoms { text += tab + format.field(atom.text(of: checkout.state)) }
      if let machine {
        text += tab + format.field(machine.name) + tab + Array((checkout.taken?.description ?? "").utf8)
      }
      return text
    }
  }
}

// MARK: For people

extension MachineCheckouts {
  /// What tells a checkout from the others.
  public struct Label: Equatable, Sendable {
    /// The project's name, or as much of `host/owner/name` as tells it from those of the same name.
    public let name: String
    /// Where it is; nil where the project has no other checkout.
    public let place: FilePath?
    /// When it was looked at, where that was not when the rest was.
    public let taken: Timestamp?
  }

  /// What tells each checkout from the others, in their order.
  public func labels(in view: View) -> [Label] {
    var places: [String: Int] = [:]
    for checkout in checkouts { places[checkout.row.id, default: 0] += 1 }
    // Each project once: one with several checkouts is not another of its name.
    var known: Set<String> = []
    let names = view.ownersOfSharedNames(in: checkouts.map(\.row).filter { known.insert($0.id).inserted })
    return checkouts.map { checkout in
      let id = checkout.row.id
      return Label(
        name: names[id] ?? checkout.row.name, place: places[id] ?? 0 > 1 ? checkout.state.path : nil,
        taken: checkout.taken == taken ? nil : checkout.taken)
    }
  }
}
